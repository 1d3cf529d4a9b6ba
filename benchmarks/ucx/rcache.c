/* UCX's registration cache at one size, for comparison: the same buffers, in the same order, with registration
 * operations that do nothing. Prints one JSON object, in ns; times are medians.
 *
 *   cc -O2 rcache.c -o rcache -lucp -lucs -lucm && ./rcache SIZE
 *
 * hit: ucs_rcache_get and ucs_rcache_region_put of what is cached, in random order, up to 16 held at once.
 * miss: ucs_rcache_get of new buffers beside SIZE cached ones. release: their ucs_rcache_region_invalidate.
 * callback: one munmap of everything that is cached, which UCX's hook sees, and the next miss, in which UCX releases
 * what the hook invalidated; for each entry. The unmapping itself is in it, of memory never touched.
 *
 * Written against the installed header ucs/memory/rcache.h. UCX is not ours; nothing of it is copied here.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include <ucm/api/ucm.h>
#include <ucs/memory/rcache.h>
#include <ucp/api/ucp.h>

enum { PAGE = 4096, STRIDE = 2 * PAGE, ROUNDS = 400, WARM = 100, OPERATIONS = 20000, MISSES = 200000,
       AT_ONCE = 16 };

static long released;

static ucs_status_t mem_reg(void *context, ucs_rcache_t *rcache, void *arg,
                            ucs_rcache_region_t *region, uint16_t flags)
{
    return UCS_OK;
}

static void mem_dereg(void *context, ucs_rcache_t *rcache, ucs_rcache_region_t *region)
{
    released++;
}

static void dump_region(void *context, ucs_rcache_t *rcache, ucs_rcache_region_t *region,
                        char *buf, size_t max)
{
    if (max > 0) buf[0] = '\0';
}

static void completed(void *arg)
{
}

static const ucs_rcache_ops_t ops = {mem_reg, mem_dereg, dump_region};

static void fail(const char *what)
{
    fprintf(stderr, "%s failed\n", what);
    exit(1);
}

static ucs_rcache_t *create(void)
{
    ucs_rcache_params_t params = {
        .region_struct_size = sizeof(ucs_rcache_region_t),
        .alignment          = UCS_RCACHE_MIN_ALIGNMENT,
        .max_alignment      = PAGE,
        .ucm_events         = UCM_EVENT_VM_UNMAPPED,
        .ucm_event_priority = 1000,
        .ops                = &ops,
        .flags              = UCS_RCACHE_FLAG_NO_PFN_CHECK,
        .max_regions        = -1ul,
        .max_size           = -1ul,
        .max_unreleased     = -1ul,
    };
    ucs_rcache_t *rcache;
    if (ucs_rcache_create(&params, "bench", NULL, &rcache) != UCS_OK) fail("ucs_rcache_create");
    return rcache;
}

static char *map(size_t buffers)
{
    char *base = mmap(NULL, buffers * STRIDE, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED) fail("mmap");
    return base;
}

static ucs_rcache_region_t *get(ucs_rcache_t *rcache, char *base, int32_t buffer)
{
    ucs_rcache_region_t *region;
    if (ucs_rcache_get(rcache, base + (size_t)buffer * STRIDE, PAGE, PROT_READ | PROT_WRITE, NULL,
                       &region) != UCS_OK)
        fail("ucs_rcache_get");
    return region;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

/* The numbers below count in an order without a pattern, the same as in cache-worker.ts. */
static int32_t *shuffled(int32_t count, uint32_t seed)
{
    int32_t *order = malloc(sizeof(*order) * count);
    uint32_t state = seed;
    for (int32_t i = 0; i < count; i++) order[i] = i;
    for (int32_t i = count - 1; i > 0; i--) {
        state         = state * 1664525u + 1013904223u;
        int32_t j     = state % (uint32_t)(i + 1);
        int32_t other = order[i];
        order[i]      = order[j];
        order[j]      = other;
    }
    return order;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count)
{
    qsort(values, count, sizeof(*values), ascending);
    return values[count / 2];
}

static void fill(ucs_rcache_t *rcache, char *base, int32_t size)
{
    int32_t *order = shuffled(size, 1);
    for (int32_t i = 0; i < size; i++) ucs_rcache_region_put(rcache, get(rcache, base, order[i]));
    free(order);
}

static double hit(int32_t size)
{
    ucs_rcache_t *rcache = create();
    char *base           = map(size);
    int32_t *order       = shuffled(size, 2);
    int32_t at           = 0;
    int32_t batch        = size < AT_ONCE ? size : AT_ONCE;
    ucs_rcache_region_t *regions[AT_ONCE];
    double rounds[ROUNDS + WARM];
    fill(rcache, base, size);
    for (int round = 0; round < ROUNDS + WARM; round++) {
        double before = now();
        for (int32_t operation = 0; operation < OPERATIONS; operation += batch) {
            for (int32_t i = 0; i < batch; i++) {
                regions[i] = get(rcache, base, order[at]);
                if (++at == size) at = 0;
            }
            for (int32_t i = 0; i < batch; i++) ucs_rcache_region_put(rcache, regions[i]);
        }
        rounds[round] = (now() - before) / OPERATIONS;
    }
    return median(rounds + WARM, ROUNDS);
}

static void miss_and_release(int32_t size, double *miss, double *release)
{
    int32_t batch        = size < 1000 ? size : 1000;
    int32_t fresh_count  = 4 * size + 1000;
    ucs_rcache_t *rcache = create();
    char *base           = map(size + fresh_count);
    int32_t *fresh       = shuffled(fresh_count, 3);
    int cycles           = (MISSES + batch - 1) / batch;
    double *misses       = malloc(sizeof(double) * cycles);
    double *releases     = malloc(sizeof(double) * cycles);
    double empty[1001];
    ucs_rcache_region_t **regions = malloc(sizeof(*regions) * batch);
    fill(rcache, base, size);
    for (int i = 0; i < 1001; i++) empty[i] = -now() + now();
    double timer = median(empty, 1001);
    for (int cycle = 0, at = 0; cycle < cycles; cycle++) {
        if (at + batch > fresh_count) at = 0;
        double t0 = now();
        for (int32_t i = 0; i < batch; i++) regions[i] = get(rcache, base, size + fresh[at + i]);
        double t1 = now();
        for (int32_t i = 0; i < batch; i++) ucs_rcache_region_put(rcache, regions[i]);
        /* ucs_rcache_region_invalidate wants a region that is held. */
        for (int32_t i = 0; i < batch; i++) regions[i] = get(rcache, base, size + fresh[at + i]);
        double t2 = now();
        for (int32_t i = 0; i < batch; i++) {
            ucs_rcache_region_invalidate(rcache, regions[i], completed, NULL);
            ucs_rcache_region_put(rcache, regions[i]);
        }
        double t3       = now();
        misses[cycle]   = (t1 - t0 - timer) / batch;
        releases[cycle] = (t3 - t2 - timer) / batch;
        at += batch;
    }
    int settled = cycles / 10;
    *miss       = median(misses + settled, cycles - settled);
    *release    = median(releases + settled, cycles - settled);
}

static double callback(int32_t size)
{
    ucs_rcache_t *rcache = create();
    char *other          = map(1);
    int times            = 200000 / size < 40 ? 40 : (200000 + size - 1) / size;
    double *all          = malloc(sizeof(double) * times);
    for (int i = 0; i < times; i++) {
        char *base = map(size);
        fill(rcache, base, size);
        long due      = released + size;
        double before = now();
        munmap(base, (size_t)size * STRIDE);
        ucs_rcache_region_t *next = get(rcache, other, 0);
        all[i]                    = (now() - before) / size;
        if (released != due) fail("releasing in the callback");
        ucs_rcache_region_invalidate(rcache, next, completed, NULL);
        ucs_rcache_region_put(rcache, next);
    }
    return median(all + 10, times - 10);
}

int main(int argc, char **argv)
{
    int32_t size = argc > 1 ? atoi(argv[1]) : 0;
    double miss, release;
    if (size < 1) fail("reading the size");
    double hits = hit(size);
    miss_and_release(size, &miss, &release);
    printf("{\"version\":\"%s\",\"hit\":%.2f,\"miss\":%.2f,\"release\":%.2f,\"callback\":%.2f}\n",
           ucp_get_version_string(), hits, miss, release, callback(size));
    return 0;
}
