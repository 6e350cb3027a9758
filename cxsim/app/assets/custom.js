// What the app's Vue components share. Solara puts this script into every page; the components
// themselves may hold nothing but their `module.exports`.

window.cxsim = (() => {
  const LEVELS = 5, MEDIAN = 2, SIDES = ["a", "b"], DASHES = ["solid", [7, 4]];
  const BANDS = [{low: 0, high: 4, opacity: 0.14}, {low: 1, high: 3, opacity: 0.24}];
  const THEME_KEY = ":solara:theme.variant"; // Solara's page script reads the same key
  let loading = null;

  // One script tag for all charts. AMD is hidden, or the library would register itself there.
  function chartLibrary() {
    loading = loading || new Promise((resolve, reject) => {
      const tag = document.createElement("script"), define = window.define;
      window.define = undefined;
      tag.src = window.solara.cdn + "/echarts@6.1.0/dist/echarts.common.min.js";
      tag.onload = () => { window.define = define; resolve(window.echarts); };
      tag.onerror = (problem) => { window.define = define; reject(problem); };
      document.head.appendChild(tag);
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

  // Bytes of [side, level, week] float32 -> nested arrays.
  function numbers(view) {
    const flat = new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
    const weeks = flat.length / (SIDES.length * LEVELS);
    return SIDES.map((_, side) => Array.from({length: LEVELS}, (__, level) => {
      const start = (side * LEVELS + level) * weeks;
      return Array.from(flat.subarray(start, start + weeks));
    }));
  }

  const gap = (value) => (Number.isFinite(value) ? value : "-");

  // A band is two stacked lines: its lower edge, unseen, and the height above it, filled.
  function band(letter, nth, rows, colour, faint) {
    const {low, high, opacity} = BANDS[nth];
    const common = {
      type: "line", stack: letter + nth, stackStrategy: "all", symbol: "none", silent: true,
      lineStyle: {opacity: 0}, emphasis: {disabled: true}, z: 1,
    };
    const area = {color: colour, opacity: faint ? opacity / 2 : opacity};
    const heights = rows[high].map((value, week) => gap(value - rows[low][week]));
    return [
      {...common, id: letter + "low" + nth, data: rows[low].map(gap)},
      {...common, id: letter + "high" + nth, data: heights, areaStyle: area},
    ];
  }

  function median(letter, side, rows, colour, marks) {
    const dated = marks.filter((mark) => mark.side === letter);
    return {
      id: letter + "median", type: "line", symbol: "none", z: 3, emphasis: {disabled: true},
      data: rows[MEDIAN].map(gap), itemStyle: {color: colour},
      lineStyle: {color: colour, width: 2.5, type: DASHES[side]},
      markLine: {
        symbol: "none", silent: true, animation: false, label: {show: false},
        lineStyle: {color: colour, type: "dotted", width: 1.5, opacity: 0.8},
        data: dated.map((mark) => ({xAxis: String(mark.week)})),
      },
    };
  }

  // The complete description of one band chart for the chart library.
  function bandChart({rows, scale, form, marks, draft, colour}) {
    const ink = colour("--cx-ink-soft"), grid = colour("--cx-grid"), money = form === "money";
    const font = {color: ink, fontSize: 12, fontFamily: "Roboto, sans-serif"};
    const label = (value) => (money ? short(value) : signed(String(Number(value.toFixed(2)))));
    return {
      animation: false, backgroundColor: "transparent",
      grid: {left: money ? 48 : 36, right: 12, top: 10, bottom: 26, outerBoundsMode: "none"},
      tooltip: {
        trigger: "axis", showContent: false,
        axisPointer: {type: "line", label: {show: false}, lineStyle: {color: ink, type: "solid", width: 1}},
      },
      xAxis: {
        type: "category", boundaryGap: false, data: rows[0][MEDIAN].map((_, week) => String(week)),
        axisLabel: {...font, interval: (week) => week % 26 === 0}, axisTick: {show: false},
        axisLine: {onZero: false, lineStyle: {color: grid}},
      },
      yAxis: {
        type: "value", min: scale.low, max: scale.high, interval: scale.step,
        axisLabel: {...font, formatter: label}, splitLine: {lineStyle: {color: grid}},
      },
      series: SIDES.flatMap((letter, side) => {
        const paint = colour("--cx-" + letter);
        return [
          ...band(letter, 0, rows[side], paint, draft), ...band(letter, 1, rows[side], paint, draft),
          median(letter, side, rows[side], paint, marks),
        ];
      }),
    };
  }

  return {LEVELS, MEDIAN, SIDES, THEME_KEY, MEDIAN_SERIES: 2 * BANDS.length, chartLibrary, short, signed, numbers, bandChart};
})();
