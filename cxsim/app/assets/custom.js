// What the app's Vue parts share. Solara puts this script into every page; the parts themselves
// may hold nothing but their `module.exports`.

window.cxsim = (() => {
  const THEME_KEY = ":solara:theme.variant"; // Solara's page script reads the same key
  const PROJECTOR_KEY = "cxsim.projector";
  const BANDS = [{low: 0, high: 4, opacity: 0.14}, {low: 1, high: 3, opacity: 0.24}];
  const LEVELS = 5, MEDIAN = 2;
  let loading = null;

  // One script and one style for all charts. AMD is hidden: the library would register itself there.
  function chartLibrary() {
    loading = loading || new Promise((resolve, reject) => {
      const library = window.solara.cdn + "/uplot@1.6.32/dist/uPlot.iife.min.js";
      const style = document.createElement("link"), tag = document.createElement("script");
      const define = window.define;
      Object.assign(style, {rel: "stylesheet", href: window.solara.cdn + "/uplot@1.6.32/dist/uPlot.min.css"});
      window.define = undefined;
      tag.src = library;
      tag.onload = () => { window.define = define; resolve(window.uPlot); };
      tag.onerror = (problem) => { window.define = define; reject(problem); };
      document.head.append(style, tag);
    });
    return loading;
  }

  const signed = (text) => text.replace("-", "\u2212"); // a true minus sign

  // 1234567 -> "1.2M"
  function short(value) {
    const size = Math.abs(value);
    for (const [unit, letter] of [[1e9, "bn"], [1e6, "M"], [1e3, "k"]]) {
      if (size < unit * 0.9995) continue;
      return signed((value / unit).toFixed(size >= 99.95 * unit ? 0 : 1).replace(/\.0$/, "")) + letter;
    }
    return signed(String(Math.round(value)));
  }

  // A number as people read it; `span` is the height of its axis and sets the decimals.
  function formatted(value, form, span) {
    if (!Number.isFinite(value)) return "\u2013";
    if (form === "money" || Math.abs(value) >= 1e4) return short(value);
    const digits = span <= 1 ? 2 : span <= 40 ? 1 : 0;
    return signed(value.toFixed(digits)) + (form === "percent" ? " %" : "");
  }

  // `count` float32 numbers from the `offset`-th on; copied, because a view may start anywhere.
  function floats(view, offset, count) {
    const start = view.byteOffset + 4 * offset;
    return new Float32Array(view.buffer.slice(start, start + 4 * count));
  }

  // The numbers of one chart: [line][level] -> Float32Array over the weeks.
  function unpack(chart, payload) {
    const {offset, count, levels, weeks} = chart;
    const flat = floats(payload, offset, count * levels * weeks);
    return Array.from({length: count}, (_, line) => Array.from({length: levels}, (__, level) => {
      const start = (line * levels + level) * weeks;
      return flat.subarray(start, start + weeks);
    }));
  }

  // What the chart library draws: weeks first, then each line's levels; NaN becomes a gap. Weeks
  // after `until` are left out of all lines but the ghosts.
  function columns(rows, lines, until) {
    const weeks = rows[0][0].length;
    const x = Array.from({length: weeks}, (_, week) => week);
    const column = (values, whole) => Array.from(values, (value, week) => (
      !Number.isFinite(value) || (!whole && week > until) ? null : value));
    const end = until === null || until === undefined ? weeks : until;
    return [x, ...rows.flatMap((levels, line) => levels.map((values) => column(values, end >= weeks || lines[line].ghost)))];
  }

  const translucent = (colour, opacity) => colour + Math.round(255 * opacity).toString(16).padStart(2, "0");

  // The look of all lines and bands, in the order of `columns`; `draft()` says whether better bands
  // are on their way, `scale` grows with the type.
  function looks(rows, lines, colour, draft, scale) {
    const series = [{}], bands = [];
    rows.forEach((levels, line) => {
      const {colour: name, dash, ghost} = lines[line], paint = colour(name), first = series.length;
      const middle = levels.length === LEVELS ? MEDIAN : 0;
      levels.forEach((_, level) => series.push(level === middle
        ? {stroke: ghost ? translucent(paint, 0.55) : paint, width: scale * (ghost ? 2 : 2.5), dash: dash.map((one) => one * scale), points: {show: false}}
        : {stroke: "transparent", width: 0, points: {show: false}}));
      if (levels.length !== LEVELS) return;
      BANDS.forEach(({low, high, opacity}) => {
        const full = translucent(paint, ghost ? opacity / 2 : opacity), faint = translucent(paint, opacity / 2);
        bands.push({series: [first + high, first + low], fill: () => (draft() ? faint : full)});
      });
    });
    return {series, bands};
  }

  // Round week numbers, about as many as fit; `width` in letters.
  function weekSplits(weeks, width) {
    const fitting = Math.max(2, Math.floor(width / 3.5));
    const step = [1, 2, 4, 13, 26, 52, 104, 208].find((one) => weeks / one <= fitting) || 260;
    return Array.from({length: Math.floor((weeks - 1) / step) + 1}, (_, i) => i * step);
  }

  const splits = ({low, high, step}) => Array.from({length: Math.round((high - low) / step) + 1}, (_, i) => low + i * step);

  // What lies behind the lines: weeks worth looking at; and before them: events, the week played.
  function paintSpans(plot, spans, colour) {
    const {ctx, bbox} = plot;
    ctx.save();
    ctx.fillStyle = translucent(colour("--cx-focus"), 0.18);
    for (const {first, last} of spans) {
      const left = plot.valToPos(first, "x", true), right = plot.valToPos(Math.max(last, first + 1), "x", true);
      ctx.fillRect(left, bbox.top, Math.max(right - left, 3), bbox.height);
    }
    ctx.restore();
  }

  function upright(plot, week, paint, dash, width) {
    const {ctx, bbox} = plot, x = plot.valToPos(week, "x", true);
    ctx.save();
    ctx.strokeStyle = paint;
    ctx.lineWidth = width * devicePixelRatio;
    ctx.setLineDash(dash.map((one) => one * devicePixelRatio));
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.restore();
  }

  function paintMarks(plot, marks, lines, until, colour) {
    for (const {line, week} of marks) upright(plot, week, colour(lines[line].colour), [2, 3], 1.5);
    if (until !== null && until !== undefined) upright(plot, until, colour("--cx-ink-soft"), [], 1);
  }

  // Onto the clipboard; the old way where the new one is refused, as it is without encryption.
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch (refused) {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.appendChild(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  }

  // A mixin for typed fields: what is being typed stays, whatever is drawn anew meanwhile; a moment
  // after leaving the field it shows what holds, so that a refused text does not linger.
  const typing = {
    data() { return {typed: {}}; },
    methods: {
      text(field, holds) { return field in this.typed ? this.typed[field] : holds; },
      type(field, event) { this.typed = {...this.typed, [field]: event.target.value}; },
      leave(field) {
        setTimeout(() => {
          const {[field]: _, ...others} = this.typed;
          this.typed = others;
        }, 600);
      },
    },
  };

  return {
    copy, typing, THEME_KEY, PROJECTOR_KEY, LEVELS, MEDIAN, chartLibrary, short, signed, formatted, floats, unpack, columns, looks,
    weekSplits, splits, paintSpans, paintMarks, translucent,
  };
})();
