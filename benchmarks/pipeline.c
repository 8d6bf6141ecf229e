/* The plain pipeline workload in C: what a hand-written program for this one workload would do, by the batch engine's algorithm.

   Addressed draws, the engine's elementary functions, months on a grid of 1/1024, one integer (tick, rank, entity) per event in
   a calendar queue, an event only where something is shared, grants by (priority, time asked, entity) after all events of an
   instant, and the outcomes booked as the engine books them. Its outcomes must equal the engine's bit for bit: bench_peers.py
   checks it.
   Every lot is one unit, delivered and operational at the end of its last stage, which uses a resource. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef int64_t i64;
typedef uint64_t u64;

enum { TICK_BIT = 43, RANK_BIT = 39, COMPLETION_RANK = 2, JOBS_PER_LOT = 32, VISITS = 32, STAGES_MOST = 8, POOLS_MOST = 8 };
enum { BUCKET_BITS = 9 };
enum { FUNDING = 0, QUEUEING = 3, ESTIMATE = 6, CAUSES = 9 };
static const i64 ENTITY_MASK = ((i64)1 << RANK_BIT) - 1;
static const double TICKS = 1024.0;

/* ---- elementary functions ---------------------------------------------------------------------------------------------------- */

typedef struct {
    double steps, step_leading, step_rest, log_2_leading, log_2_rest; /* constants of rules/elementary.py */
    const double (*root)[2], (*center)[4];                            /* its tables */
} Elementary;

static inline double exponential(const Elementary *e, double x) {
    const double shifted = x * e->steps + 6755399441055744.0, steps = shifted - 6755399441055744.0;
    const double lead = x - steps * e->step_leading, rest = steps * e->step_rest, r = lead - rest, r2 = r * r;
    const double curve = r2 * ((0.5 + r * (1.0 / 6.0)) + r2 * ((1.0 / 24.0 + r * (1.0 / 120.0)) + r2 * (1.0 / 720.0)));
    i64 n, bits;
    double scale;
    memcpy(&n, &shifted, sizeof n);
    n -= 0x4338000000000000;
    bits = (i64)((u64)((n >> 5) + 1023) << 52);
    memcpy(&scale, &bits, sizeof scale);
    const double *root = e->root[n & 31];
    return (root[0] + (root[1] + root[0] * (lead + (curve - rest)))) * scale;
}

static inline double logarithm(const Elementary *e, double x) {
    i64 bits, scaled_bits;
    double scaled;
    memcpy(&bits, &x, sizeof bits);
    const i64 mantissa = bits & 0xFFFFFFFFFFFFF, j = (mantissa + ((i64)1 << 44)) >> 45, halved = j >= 53;
    const double exponent = (double)((bits >> 52) - 1023 + halved), *center = e->center[j];
    scaled_bits = mantissa | (1023 - halved) << 52;
    memcpy(&scaled, &scaled_bits, sizeof scaled);
    const double r = (scaled - center[0]) * center[1], r2 = r * r;
    const double curve = r2 * (r * ((1.0 / 3.0 - r * 0.25) + r2 * ((0.2 - r * (1.0 / 6.0)) + r2 * (1.0 / 7.0))) - 0.5);
    const double rest = exponent * e->log_2_rest + center[3];
    return (exponent * e->log_2_leading + center[2]) + (r + (curve + rest));
}

/* ---- draws ------------------------------------------------------------------------------------------------------------------ */

static void uniforms(u64 seed, u64 replication, const u64 *key, const u64 *index, i64 n, double *u) {
    const u64 low = 0xFFFFFFFF;
    for (i64 j = 0; j < n; j++) {
        u64 k0 = seed & low, k1 = seed >> 32;
        u64 c0 = index[j], c1 = replication, c2 = key[j] & low, c3 = key[j] >> 32;
        for (int round = 0; round < 10; round++) {
            u64 p0 = 0xD2511F53u * c0, p1 = 0xCD9E8D57u * c2;
            c0 = (p1 >> 32) ^ c1 ^ k0;
            c1 = p1 & low;
            c2 = (p0 >> 32) ^ c3 ^ k1;
            c3 = p0 & low;
            k0 = (k0 + 0x9E3779B9u) & low;
            k1 = (k1 + 0xBB67AE85u) & low;
        }
        u[j] = ((double)(i64)(c0 >> 5) * 67108864.0 + (double)(i64)(c1 >> 6) + 0.5) / 9007199254740992.0;
    }
}

static inline double central_quantile(double q) {
    double r = 0.180625 - q * q;
    return q *
           (((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r + 45921.953931549871457) * r +
               13731.693765509461125) * r + 1971.5909503065514427) * r + 133.14166789178437745) * r + 3.387132872796366608) /
           (((((((5226.495278852854561 * r + 28729.085735721942674) * r + 39307.89580009271061) * r + 21213.794301586595867) * r +
               5394.1960214247511077) * r + 687.1870074920579083) * r + 42.313330701600911252) * r + 1.0);
}

static double tail_quantile(const Elementary *e, double u) {
    double q = u - 0.5, x;
    double r = sqrt(-logarithm(e, q < 0.0 ? u : 1.0 - u));
    if (r <= 5.0) {
        r -= 1.6;
        x = (((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r +
                 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r + 4.6303378461565452959) * r +
             1.42343711074968357734) /
            (((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r +
                 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r + 2.05319162663775882187) * r +
             1.0);
    } else {
        r -= 5.0;
        x = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r +
                 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r + 5.4637849111641143699) * r +
             6.6579046435011037772) /
            (((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r +
                 7.868691311456132591e-4) * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r + 0.59983220655588793769) * r +
             1.0);
    }
    return q < 0.0 ? -x : x;
}

static void quantiles(const Elementary *e, const double *u, i64 n, double *z) {
    for (i64 j = 0; j < n; j++) z[j] = central_quantile(u[j] - 0.5);
    for (i64 j = 0; j < n; j++)
        if (fabs(u[j] - 0.5) > 0.425) z[j] = tail_quantile(e, u[j]);
}

/* ---- waiting lines: heaps of integers --------------------------------------------------------------------------------------- */

static inline void heap_push(i64 *h, i64 n, i64 k) {
    i64 i = n;
    while (i > 0) {
        i64 parent = (i - 1) >> 1;
        if (h[parent] < k) break;
        h[i] = h[parent];
        i = parent;
    }
    h[i] = k;
}

/* Puts k where the least entry was, in a heap of n. */
static inline void heap_replace(i64 *h, i64 n, i64 k) {
    i64 i = 0, c = 1;
    while (c + 1 < n) {
        c += h[c + 1] < h[c];
        if (k < h[c]) {
            h[i] = k;
            return;
        }
        h[i] = h[c];
        i = c;
        c = 2 * i + 1;
    }
    if (c < n && h[c] < k) {
        h[i] = h[c];
        i = c;
    }
    h[i] = k;
}

/* ---- the event list: a calendar queue ---------------------------------------------------------------------------------------- */

typedef struct {
    i64 buckets, bucket, free, used; /* bucket: none before it has an event */
    int *first, *last;               /* (bucket) entries; the last bucket is that of INT64_MAX, which comes after every event */
    int *following;                  /* (entry) */
    i64 *event;                      /* (entry) */
} List;

static void empty(List *list) {
    memset(list->first, -1, (size_t)list->buckets * sizeof *list->first);
    list->first[list->buckets - 1] = 0;
    list->event[0] = INT64_MAX;
    list->following[0] = -1;
    list->bucket = 0, list->free = -1, list->used = 1;
}

static inline void put(List *list, i64 event) {
    i64 bucket = event >> (TICK_BIT + BUCKET_BITS);
    int entry = (int)list->free, before = list->first[bucket], last = list->last[bucket];
    if (entry >= 0) list->free = list->following[entry];
    else entry = (int)list->used++;
    list->event[entry] = event;
    if (bucket < list->bucket) list->bucket = bucket;
    if (before < 0 || event >= list->event[last]) {
        if (before < 0) list->first[bucket] = entry;
        else list->following[last] = entry;
        list->last[bucket] = entry;
        list->following[entry] = -1;
    } else if (event < list->event[before]) {
        list->first[bucket] = entry;
        list->following[entry] = before;
    } else {
        while (list->event[list->following[before]] <= event) before = list->following[before];
        list->following[entry] = list->following[before];
        list->following[before] = entry;
    }
}

static inline i64 next_event(List *list) {
    while (list->first[list->bucket] < 0) list->bucket++;
    return list->event[list->first[list->bucket]];
}

/* Takes the event that next_event has found. */
static inline void take(List *list) {
    int entry = list->first[list->bucket];
    list->first[list->bucket] = list->following[entry];
    list->following[entry] = (int)list->free;
    list->free = entry;
}

/* ---- one replication -------------------------------------------------------------------------------------------------------- */

typedef struct {
    i64 programs, years, lot_years, stages, pools, first_fy, program_columns, year_columns;
    const i64 *resource;   /* (stage) -1 = none */
    const i64 *capacity;   /* (pool) */
    const i64 *priority;   /* (program) */
    const double *planned; /* (program, stage) months */
    const double *sigma;   /* (program, stage) */
    const i64 *key;        /* (program, stage) */
    const i64 *program_at; /* first delivery, censored, slip; completion, censored, slip; first operational, censored */
    const i64 *year_at;    /* planned, contracted, in pipeline, delivered, operational */
    Elementary elementary;
} Workload;

typedef struct {
    i64 room, in_use, waiting, look, *queue;
    double granted, waited, busy, since;
} Pool;

typedef struct {
    double since, asked, queueing, estimate; /* since: start of its present stretch of stages without a resource, or of its work */
    int stage, entered, working, waiting, delivered; /* entered: first stage of the present stretch */
} Lot;

typedef struct {
    double horizon;
    List list;
    Pool pool[POOLS_MOST];
    Lot *lot;
    double *months; /* (program, fiscal year of the lot, stage) */
} Run;

static inline void schedule(Run *run, i64 entity, double t) {
    if (t <= run->horizon) put(&run->list, (i64)(t * TICKS) << TICK_BIT | (i64)COMPLETION_RANK << RANK_BIT | entity);
}

/* Passes a lot through stages that share nothing, up to the next that does. */
static inline void advance(const Workload *w, Run *run, i64 i, double t) {
    Lot *lot = &run->lot[i];
    const double *months = run->months + i * w->stages;
    lot->since = t;
    lot->entered = lot->stage;
    while (w->resource[lot->stage] < 0) t += months[lot->stage++];
    schedule(run, i * JOBS_PER_LOT, t);
}

static inline void grant(const Workload *w, Run *run, Pool *pool, double now) {
    pool->look = 0;
    while (pool->waiting > 0 && pool->in_use < pool->room) {
        i64 i = (pool->queue[0] & ENTITY_MASK) / JOBS_PER_LOT;
        Lot *lot = &run->lot[i];
        if (--pool->waiting > 0) heap_replace(pool->queue, pool->waiting, pool->queue[pool->waiting]);
        pool->busy += (double)pool->in_use++ * (now - pool->since);
        pool->since = now;
        pool->granted += 1.0;
        pool->waited += now - lot->asked;
        lot->queueing += now - lot->asked;
        lot->since = now;
        lot->waiting = 0;
        lot->working = 1;
        schedule(run, i * JOBS_PER_LOT, now + run->months[i * w->stages + lot->stage]);
    }
}

static void write_delivery(double *row, const i64 *at, double months, int censored, double slip, double funding, double queueing,
                           double estimate) {
    row[at[0]] = months;
    row[at[1]] = censored;
    double *parts = row + at[2];
    parts[0] = slip;
    parts[1 + FUNDING] = funding;
    parts[1 + QUEUEING] = queueing;
    parts[1 + ESTIMATE] = estimate;
}

/* A delivery not reached by the horizon: the delay run up so far, an overrun of what it is in the middle of included. */
static void write_late(const Workload *w, const Run *run, double *row, const i64 *at, i64 p, i64 y, double planned_contract) {
    const Lot *lot = &run->lot[p * w->lot_years + y];
    const double *months = run->months + (p * w->lot_years + y) * w->stages, *planned = w->planned + p * w->stages;
    double queueing = lot->queueing, estimate = lot->estimate, since = lot->since;
    if (lot->waiting) {
        queueing += run->horizon - lot->asked;
    } else {
        int s = lot->working ? lot->stage : lot->entered;
        for (; since + months[s] <= run->horizon; s++) {
            estimate += months[s] - planned[s];
            since += months[s];
        }
        double overrun = run->horizon - since - planned[s];
        if (overrun > 0.0) estimate += overrun;
    }
    double funding = 12.0 * (double)y - planned_contract;
    write_delivery(row, at, run->horizon, 1, funding + queueing + estimate, funding, queueing, estimate);
}

static void replication(const Workload *w, Run *run, double *program, double *program_year, double *resource_year, i64 *arrived) {
    memset(run->lot, 0, (size_t)(w->programs * w->lot_years) * sizeof *run->lot);
    memset(arrived, 0, (size_t)w->programs * sizeof *arrived);
    for (i64 q = 0; q < w->pools; q++) {
        i64 *queue = run->pool[q].queue;
        run->pool[q] = (Pool){.room = w->capacity[q], .queue = queue};
    }
    empty(&run->list);
    for (i64 y = 0; y < w->years; y++) {
        const double begin = 12.0 * (double)y, end = begin + 12.0;
        if (y < w->lot_years)
            for (i64 p = 0; p < w->programs; p++) advance(w, run, p * w->lot_years + y, begin);
        for (i64 q = 0; q < w->pools; q++)
            if (run->pool[q].look) grant(w, run, &run->pool[q], begin);
        while (next_event(&run->list) >> TICK_BIT <= (i64)(end * TICKS)) {
            const i64 tick = next_event(&run->list) >> TICK_BIT;
            const double now = (double)tick / TICKS;
            for (i64 event; (event = next_event(&run->list)) >> TICK_BIT == tick;) {
                const i64 entity = event & ENTITY_MASK, i = entity / JOBS_PER_LOT, p = i / w->lot_years;
                Lot *lot = &run->lot[i];
                Pool *pool = &run->pool[w->resource[lot->stage]];
                const double *planned = w->planned + p * w->stages;
                take(&run->list);
                if (!lot->working) {
                    double plain = 0.0;
                    for (int s = lot->entered; s < lot->stage; s++) plain += planned[s];
                    lot->estimate += now - lot->since - plain;
                    lot->asked = now;
                    lot->waiting = 1;
                    heap_push(pool->queue, pool->waiting++, w->priority[p] << 59 | tick << RANK_BIT | entity);
                    pool->look = 1;
                } else {
                    pool->busy += (double)pool->in_use-- * (now - pool->since);
                    pool->since = now;
                    if (pool->waiting > 0) pool->look = 1;
                    lot->working = 0;
                    lot->estimate += now - lot->since - planned[lot->stage];
                    if (++lot->stage < w->stages) {
                        advance(w, run, i, now);
                    } else {
                        double *row = program + p * w->program_columns, path = 0.0, contract = 12.0 * (double)(i % w->lot_years);
                        for (i64 s = 0; s < w->stages; s++) path += planned[s];
                        lot->delivered = 1;
                        if (arrived[p]++ == 0) {
                            write_delivery(row, w->program_at, now, 0, now - path, contract, lot->queueing, lot->estimate);
                            row[w->program_at[6]] = now;
                            row[w->program_at[7]] = 0.0;
                        }
                        if (arrived[p] == w->lot_years) {
                            const double planned_contract = 12.0 * (double)(w->lot_years - 1);
                            write_delivery(row, w->program_at + 3, now, 0, now - planned_contract - path, contract - planned_contract,
                                           lot->queueing, lot->estimate);
                        }
                    }
                }
            }
            if (now < end)
                for (i64 q = 0; q < w->pools; q++)
                    if (run->pool[q].look) grant(w, run, &run->pool[q], now);
        }
        for (i64 q = 0; q < w->pools; q++) {
            Pool *pool = &run->pool[q];
            double *cell = resource_year + (q * w->years + y) * 5;
            cell[0] = (pool->busy + (double)pool->in_use * (end - pool->since)) / (12.0 * (double)pool->room);
            cell[1] = pool->granted;
            cell[2] = pool->waited;
            cell[3] = 1.0;
            cell[4] = (double)pool->waiting;
            pool->granted = pool->waited = pool->busy = 0.0;
            pool->since = end;
        }
        const double contracted = (double)(y < w->lot_years ? y + 1 : w->lot_years);
        for (i64 p = 0; p < w->programs; p++) {
            double *cell = program_year + (p * w->years + y) * w->year_columns;
            cell[w->year_at[0]] = contracted;
            cell[w->year_at[1]] = contracted;
            cell[w->year_at[2]] = contracted - (double)arrived[p];
            cell[w->year_at[3]] = (double)arrived[p];
            cell[w->year_at[4]] = (double)arrived[p];
        }
    }
    for (i64 p = 0; p < w->programs; p++) {
        double *row = program + p * w->program_columns;
        i64 first = 0, last = w->lot_years - 1;
        if (arrived[p] == w->lot_years) continue;
        while (run->lot[p * w->lot_years + first].delivered) first++;
        while (run->lot[p * w->lot_years + last].delivered) last--;
        write_late(w, run, row, w->program_at + 3, p, last, 12.0 * (double)(w->lot_years - 1));
        if (arrived[p] > 0) continue;
        write_late(w, run, row, w->program_at, p, first, 0.0);
        row[w->program_at[6]] = run->horizon;
        row[w->program_at[7]] = 1.0;
    }
}

/* Fills program (count, program, column), program_year (count, program, year, column), resource_year (count, pool, year, 5), zeroed
   by the caller. Returns 0, or -1 without memory. */
int simulate(const Workload *w, i64 seed, i64 first, i64 count, double *program, double *program_year, double *resource_year) {
    const i64 lots = w->programs * w->lot_years, n = lots * w->stages;
    double *u = malloc((size_t)n * sizeof *u), *z = malloc((size_t)n * sizeof *z), *months = malloc((size_t)n * sizeof *months);
    u64 *key = malloc((size_t)n * sizeof *key), *index = malloc((size_t)n * sizeof *index);
    const i64 buckets = ((i64)(12.0 * (double)w->years * TICKS) >> BUCKET_BITS) + 2;
    List list = {.buckets = buckets, .event = malloc((size_t)(lots + 1) * sizeof(i64))};
    list.first = malloc((size_t)buckets * sizeof(int)), list.last = malloc((size_t)buckets * sizeof(int));
    list.following = malloc((size_t)(lots + 1) * sizeof(int));
    i64 *arrived = malloc((size_t)w->programs * sizeof *arrived);
    i64 *queues = malloc((size_t)(lots * w->pools) * sizeof *queues);
    Lot *lot = malloc((size_t)lots * sizeof *lot);
    Run run = {.list = list, .lot = lot, .months = months, .horizon = 12.0 * (double)w->years};
    int code = u && z && months && key && index && arrived && queues && lot ? 0 : -1;
    if (!list.event || !list.first || !list.last || !list.following) code = -1;
    for (i64 q = 0; code == 0 && q < w->pools; q++) run.pool[q].queue = queues + q * lots;
    for (i64 j = 0; code == 0 && j < n; j++) {
        const i64 p = j / (w->lot_years * w->stages), y = j / w->stages % w->lot_years, s = j % w->stages;
        key[j] = (u64)w->key[p * w->stages + s];
        index[j] = (u64)((w->first_fy + y) * JOBS_PER_LOT * VISITS);
    }
    for (i64 r = 0; code == 0 && r < count; r++) {
        uniforms((u64)seed, (u64)(first + r), key, index, n, u);
        quantiles(&w->elementary, u, n, z);
        for (i64 i = 0, j = 0; i < lots; i++)
            for (i64 s = 0, at = i / w->lot_years * w->stages; s < w->stages; s++, at++, j++) {
                double snapped = floor(w->planned[at] * exponential(&w->elementary, w->sigma[at] * z[j]) * TICKS + 0.5) / TICKS;
                months[j] = snapped > 1.0 / TICKS ? snapped : 1.0 / TICKS;
            }
        replication(w, &run, program + r * w->programs * w->program_columns,
                    program_year + r * w->programs * w->years * w->year_columns, resource_year + r * w->pools * w->years * 5, arrived);
    }
    free(u), free(z), free(months), free(key), free(index), free(arrived), free(queues), free(lot);
    free(list.event), free(list.first), free(list.last), free(list.following);
    return code;
}
