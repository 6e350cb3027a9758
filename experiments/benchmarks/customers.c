/* The customers' week in plain C: the yardstick for the engine's compiled loop.

   The algorithm of cxsim/rules/customers.py (docs/model.md, section 8) on the very same arrays.
   Types and constants come from layout.h, which c_loop.py writes from the NumPy types, so that the
   two cannot drift apart. Sums are written in the order of the specification: with contraction
   off, every result then has the same bits as the engine's. */

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "layout.h"

#define UNIT(word) (((double)(word) + 0.5) * (1.0 / 4294967296.0))

static inline double min(double a, double b) { return b < a ? b : a; }
static inline double max(double a, double b) { return b > a ? b : a; }
static inline double clip(double x, double low, double high) { return min(max(x, low), high); }

/* --- random numbers: Philox4x32-10 ------------------------------------------------------- */

static inline void philox(uint32_t agent, uint32_t week, uint32_t purpose, const uint32_t *key,
                          uint32_t word[4])
{
    uint32_t c0 = agent, c1 = week, c2 = purpose, c3 = 0, k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53 * c0, p1 = (uint64_t)0xCD9E8D57 * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 += 0x9E3779B9;
        k1 += 0xBB67AE85;
    }
    word[0] = c0, word[1] = c1, word[2] = c2, word[3] = c3;
}

/* Nothing but arithmetic in this loop, so that the compiler makes many blocks at a time. */
static void fill_words(const uint32_t *key, int64_t first, int64_t count, int64_t week,
                       uint32_t words[restrict 4][CHUNK])
{
    for (int64_t i = 0; i < count; i++) {
        uint32_t word[4];
        philox((uint32_t)(first + i), (uint32_t)week, DRAW_CUSTOMER, key, word);
        words[0][i] = word[0], words[1][i] = word[1], words[2][i] = word[2], words[3][i] = word[3];
    }
}

/* --- elementary functions: the model's own, the C library's differ in the last bit ---------- */

static inline double power_of_two(int64_t k)
{
    int64_t bits = (k + 1023) << 52;
    double result;
    memcpy(&result, &bits, sizeof result);
    return result;
}

static double model_exp(double x)
{
    x = clip(x, -700.0, 700.0);
    double k = floor(x * 1.4426950408889634 + 0.5);
    double r = (x - k * 0.6931471803691238) - k * 1.9082149292705877e-10;
    double p = 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    return p * power_of_two((int64_t)k);
}

static double model_log(double x)
{
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int64_t k = (bits >> 52) - 1022;
    bits = (bits & 0xFFFFFFFFFFFFF) | ((int64_t)1022 << 52);
    double m;
    memcpy(&m, &bits, sizeof m);
    if (m < 0.7071067811865476) {
        m *= 2.0;
        k -= 1;
    }
    double s = (m - 1.0) / (m + 1.0), z = s * s, p = 1.0 / 19.0;
    for (int n = 17; n >= 1; n -= 2)
        p = p * z + 1.0 / n;
    return (double)k * 0.6931471803691238 + (2.0 * s * p + (double)k * 1.9082149292705877e-10);
}

static double normal_tail(double u)
{
    double q = sqrt(-2.0 * model_log(u));
    double c = -7.784894002430293e-03;
    c = c * q - 3.223964580411365e-01;
    c = c * q - 2.400758277161838e+00;
    c = c * q - 2.549732539343734e+00;
    c = c * q + 4.374664141464968e+00;
    c = c * q + 2.938163982698783e+00;
    double d = 7.784695709041462e-03;
    d = d * q + 3.224671290700398e-01;
    d = d * q + 2.445134137142996e+00;
    d = d * q + 3.754408661907416e+00;
    d = d * q + 1.0;
    return c / d;
}

static double normal_quantile(double u)
{
    if (u < 0.02425)
        return normal_tail(u);
    if (u > 0.97575)
        return -normal_tail(1.0 - u);
    double q = u - 0.5, r = q * q;
    double a = -3.969683028665376e+01;
    a = a * r + 2.209460984245205e+02;
    a = a * r - 2.759285104469687e+02;
    a = a * r + 1.383577518672690e+02;
    a = a * r - 3.066479806614716e+01;
    a = a * r + 2.506628277459239e+00;
    double b = -5.447609879822406e+01;
    b = b * r + 1.615858368580409e+02;
    b = b * r - 1.556989798598866e+02;
    b = b * r + 6.680131188771972e+01;
    b = b * r - 1.328068155288572e+01;
    b = b * r + 1.0;
    return q * a / b;
}

/* --- one customer ---------------------------------------------------------------------------- */

static inline void blame(Customer *customer, double loss, double quality, double delivered,
                         double haste, double noise, double surplus, const Facts *facts)
{
    double process = facts->experience_quality * (1.0 - quality);
    double service = facts->experience_practice * (1.0 - delivered) + max(0.0, haste)
                     + max(0.0, -noise);
    double expectation = max(0.0, surplus);
    double total = process + service + expectation;
    if (total > 0.0) {
        double part = loss / total;
        customer->lost_process += part * process;
        customer->lost_service += part * service;
        customer->lost_expectation += part * expectation;
    }
}

static inline double experience(Customer *customer, double quality, const Employee *employee,
                                Function *function, double u, const Market *market,
                                const Facts *facts)
{
    double noise = employee->noise * normal_quantile(u);
    double got = facts->experience_base + facts->experience_quality * quality;
    got += facts->experience_practice * employee->delivered;
    got -= function->haste;
    got += noise;
    function->experience += got;
    function->experience_squares += got * got;
    double expected = customer->expectation + market->drift;
    double surprise = got - expected;
    double change = facts->satisfaction_gain * surprise;
    if (surprise < 0.0) {
        change *= facts->loss_aversion;
        blame(customer, -change * market->inflation, quality, employee->delivered,
              function->haste, noise, expected - facts->initial_expectation, facts);
    }
    customer->satisfaction = clip(customer->satisfaction + change, LOWEST, HIGHEST);
    customer->expectation += facts->expectation_rate * surprise;
    return surprise;
}

static inline void contact(const World *w, int64_t t, int64_t i, double u_who, double u_noise,
                           const Market *market)
{
    const Facts *facts = w->facts;
    int64_t p = w->guide[(int64_t)(u_who * w->guides)];
    while (p < w->processes_count - 1 && u_who >= w->touchpoints[p].bound)
        p++;
    const Touchpoint *at = &w->touchpoints[p];
    double part = (u_who - at->lower) / (at->bound - at->lower);
    int64_t version = w->weeks[t].version;
    const int64_t *start = w->front_start + version * (w->functions_count + 1);
    int64_t count = start[at->owner + 1] - start[at->owner];
    int64_t served = (int64_t)(part * count) < count - 1 ? (int64_t)(part * count) : count - 1;
    int32_t server = w->front[version * w->front_width + start[at->owner] + served];

    double outage = w->agenda[t * w->functions_count + at->owner].outage;
    double quality = w->processes[p].quality * (1.0 - outage);
    Customer *customer = &w->customers[i];
    Function *function = &w->functions[at->owner];
    double surprise = experience(customer, quality, &w->employees[server], function, u_noise,
                                 market, facts);
    function->contacts += 1.0;
    if (surprise < -facts->complaint_threshold) {
        uint32_t word[4];
        philox((uint32_t)i, (uint32_t)t, DRAW_COMPLAINT, w->key, word);
        if (UNIT(word[0]) < facts->complaint_probability) {
            function->complaints += 1.0;
            customer->complained = (int16_t)t;
        }
    }
}

static inline double felt_pain(const Customer *customer, const Market *market)
{
    return market->pain > 0.0 && customer->joined <= market->pain_until ? market->pain : 0.0;
}

static inline int answers(const Customer *customer, int64_t t, double u, const Market *market,
                          const Facts *facts)
{
    int recent = (double)(t - customer->complained) <= facts->complaint_memory;
    double rate = recent ? market->complainer : market->asked;
    if (u < market->contact)
        return u < market->contact * rate;
    return u < market->contact + (1.0 - market->contact) * rate;
}

static inline double churn_ratio(double s, double success, const Facts *facts)
{
    double z = s - facts->churn_reference;
    if (z >= 0.0)
        return model_exp(-facts->churn_satisfied * z);
    double ratio = model_exp(-facts->churn_dissatisfied * z);
    return ratio * (1.0 - facts->success_save * success * min(1.0, -z / facts->success_zone));
}

static void count_churn(const Customer *customer, double at, double ratio, double pain,
                        double inflation, CompanyRow *row)
{
    row->churned += 1.0;
    double process = customer->lost_process / inflation;
    double service = customer->lost_service / inflation;
    double expectation = customer->lost_expectation / inflation;
    double total = process + service + expectation + pain;
    double excess = at - customer->base;
    if (excess < 0.0 || total <= 0.0) {
        row->churn_base += 1.0;
        return;
    }
    double on = excess / (ratio * customer->base - customer->base) * total;
    if (on < process)
        row->churn_process += 1.0;
    else if (on < process + service)
        row->churn_service += 1.0;
    else if (on < process + service + expectation || pain <= 0.0)
        row->churn_expectation += 1.0;
    else
        row->churn_shock += 1.0;
}

/* --- vacant places ----------------------------------------------------------------------------- */

static double reputation(const World *w, int64_t i, const Market *market)
{
    const Facts *facts = w->facts;
    int good = 0, bad = 0;
    for (int slot = 0; slot < ACQUAINTANCES; slot++) {
        int32_t other = w->acquaintances[i * ACQUAINTANCES + slot];
        if (other < 0 || !w->customers[other].active)
            continue;
        const Customer *customer = &w->customers[other];
        double s = max(LOWEST, customer->satisfaction - felt_pain(customer, market));
        if (s > facts->churn_reference + facts->satisfied_above)
            good++;
        else if (s < facts->churn_reference - facts->dissatisfied_below)
            bad++;
    }
    double praise = facts->word_of_mouth * (1.0 + market->advocacy) * good / ACQUAINTANCES;
    double warning = facts->word_of_mouth * facts->bad_news_reach * bad / ACQUAINTANCES;
    return max(0.0, 1.0 + praise - warning);
}

static void welcome(const World *w, int64_t i, int64_t t, double u_base, double u_expectation)
{
    double at = u_base * (w->nodes - 1);
    int64_t node = (int64_t)at < w->nodes - 2 ? (int64_t)at : w->nodes - 2;
    double low = w->base_table[node], high = w->base_table[node + 1];
    double spread = w->facts->expectation_spread * normal_quantile(u_expectation);
    Customer *customer = &w->customers[i];
    customer->active = 1;
    customer->base = low + (at - node) * (high - low);
    customer->expectation = w->facts->initial_expectation + spread;
    customer->satisfaction = 0.0;
    customer->lost_process = customer->lost_service = customer->lost_expectation = 0.0;
    customer->complained = NEVER;
    customer->joined = (int16_t)t;
}

/* All decide before the first comes in, so that a newcomer's word does not count yet. */
static int64_t acquire(const World *w, int64_t t, int64_t candidates, const Market *market)
{
    int32_t *chosen = w->vacant;
    int64_t count = 0;
    uint32_t word[4];
    for (int64_t n = 0; n < candidates; n++) {
        int32_t i = chosen[n];
        double factor = reputation(w, i, market);
        philox((uint32_t)i, (uint32_t)t, DRAW_CUSTOMER, w->key, word);
        if (UNIT(word[0]) < w->facts->acquisition_rate * factor)
            chosen[count++] = i;
    }
    for (int64_t n = 0; n < count; n++) {
        philox((uint32_t)chosen[n], (uint32_t)t, DRAW_CUSTOMER, w->key, word);
        welcome(w, chosen[n], t, UNIT(word[2]), UNIT(word[3]));
    }
    return count;
}

/* --- the week ------------------------------------------------------------------------------------ */

/* Branches that nobody can foresee are dear, so a chunk's places are first sorted into lists. */
typedef struct {
    int64_t active, contacts, joining;
    int64_t lists[3][CHUNK];
} Sorted;

static inline void sort_places(const World *w, int64_t first, int64_t count, double may_join,
                               const Market *market, const uint32_t *word, Sorted *sorted)
{
    int64_t active = 0, contacts = 0, joining = 0;
    for (int64_t j = 0; j < count; j++) {
        Customer *customer = &w->customers[first + j];
        double u = UNIT(word[j]);
        customer->satisfaction *= market->fade;
        sorted->lists[0][active] = sorted->lists[1][contacts] = sorted->lists[2][joining] = j;
        active += customer->active;
        contacts += customer->active & (u < market->contact);
        joining += (1 - customer->active) & (u < may_join);
    }
    sorted->active = active, sorted->contacts = contacts, sorted->joining = joining;
}

static inline int leaves(Customer *customer, double u, double s, double pain,
                         const Market *market, const Facts *facts, CompanyRow *company)
{
    if (u >= customer->base * market->bound)
        return 0;
    double ratio = churn_ratio(s, market->success, facts);
    if (u >= customer->base * ratio)
        return 0;
    count_churn(customer, u, ratio, pain, market->inflation, company);
    customer->active = 0;
    return 1;
}

static void live(const World *w, int64_t t)
{
    const Market *market = &w->markets[t];
    const Facts *facts = w->facts;
    CompanyRow *company = &w->company[t];
    for (int64_t f = 0; f < w->functions_count; f++) {
        w->functions[f].contacts = w->functions[f].complaints = 0.0;
        w->functions[f].experience = w->functions[f].experience_squares = 0.0;
    }

    /* Bounds that spare most customers the exact question. */
    double may_join = facts->word_of_mouth * (1.0 + market->advocacy);
    may_join = facts->acquisition_rate * (1.0 + may_join);
    double may_answer = market->contact * market->complainer;
    double may_answer_too = market->contact + (1.0 - market->contact) * market->complainer;
    int64_t candidates = 0, active = 0;
    double total = 0.0, answered = 0.0, answer_total = 0.0;
    uint32_t words[4][CHUNK];
    Sorted sorted;
    for (int64_t first = 0; first < w->places; first += CHUNK) {
        int64_t count = w->places - first < CHUNK ? w->places - first : CHUNK;
        fill_words(w->key, first, count, t, words);
        sort_places(w, first, count, may_join, market, words[0], &sorted);
        for (int64_t n = 0; n < sorted.contacts; n++) {
            int64_t j = sorted.lists[1][n];
            contact(w, t, first + j, UNIT(words[2][j]), UNIT(words[3][j]), market);
        }
        for (int64_t n = 0; n < sorted.active; n++) {
            int64_t j = sorted.lists[0][n];
            Customer *customer = &w->customers[first + j];
            double u = UNIT(words[0][j]), pain = felt_pain(customer, market);
            double s = max(LOWEST, customer->satisfaction - pain);
            int might_answer = u < may_answer || (market->contact <= u && u < may_answer_too);
            if (might_answer && answers(customer, t, u, market, facts)) {
                answer_total += s;
                answered += 1.0;
            }
            if (!leaves(customer, UNIT(words[1][j]), s, pain, market, facts, company)) {
                active++;
                total += s;
            }
        }
        for (int64_t n = 0; n < sorted.joining; n++)
            w->vacant[candidates++] = (int32_t)(first + sorted.lists[2][n]);
    }
    w->voice[t].sum += answer_total;
    w->voice[t].number += answered;
    int64_t acquired = acquire(w, t, candidates, market);
    company->acquired = (double)acquired;
    company->active_customers = (double)(active + acquired);
    if (active > 0)
        company->satisfaction = total / (double)active;
    for (int64_t f = 0; f < w->functions_count; f++) {
        Function *function = &w->functions[f];
        if (function->contacts > 0.0) {
            double rate = function->complaints / function->contacts;
            function->complaint_rate += facts->complaint_smoothing
                                        * (rate - function->complaint_rate);
        }
    }
}

void live_weeks(const World *w, int64_t first, int64_t last)
{
    for (int64_t t = first; t < last; t++)
        live(w, t);
}
