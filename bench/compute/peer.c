/*
 * The three works of bench/compute.ts in plain C: f32, two buffers, loops that gcc -O3 can vectorise. The airflow's
 * collision is the textbook's and the cure rate is expf's; with -DFACTORED both have the fast lane's algebra instead,
 * and the network takes runs side by side as the fast lane does.
 * peer heat|airflow|network <steps or runs>: prints {"cpuS", "wallS", "check"}.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static double cpuS(void) {
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  return use.ru_utime.tv_sec + use.ru_stime.tv_sec + (use.ru_utime.tv_usec + use.ru_stime.tv_usec) * 1e-6;
}

static double wallS(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec * 1e-9;
}

static float *floats(size_t count) {
  float *values = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
  memset(values, 0, count * sizeof(float));
  return values;
}

static void heatStep(const float *restrict now, float *restrict next, int n, float fourier) {
  const float rest = 1.0f - 4.0f * fourier;
  for (int y = 1; y < n - 1; y++) {
    const float *own = now + (size_t)y * n;
    float *to = next + (size_t)y * n;
    for (int x = 1; x < n - 1; x++)
      to[x] = rest * own[x] + fourier * ((own[x - 1] + own[x + 1]) + (own[x - n] + own[x + n]));
  }
}

static void heat(int steps) {
  const int n = 1024;
  float *now = floats((size_t)n * n), *next = floats((size_t)n * n);
  for (int y = 1; y < n - 1; y++)
    for (int x = 1; x < n - 1; x++) now[y * n + x] = (float)(((long)(y * n + x) * 7919) % 1000) / 1000.0f;
  const double cpu = cpuS(), wall = wallS();
  for (int step = 0; step < steps; step++) {
    heatStep(now, next, n, 0.2f);
    float *older = now;
    now = next;
    next = older;
  }
  printf("{\"cpuS\": %.6f, \"wallS\": %.6f, \"check\": [%.9g, %.9g, %.9g]}\n", cpuS() - cpu, wallS() - wall,
         now[512 * n + 512], now[100 * n + 300], now[3 * n + 1020]);
}

enum { W = 512, H = 256, N = W * H };

/*
 * BGK collision of the nine populations that arrive at a cell, with the fast lane's algebra: the parts that opposite
 * directions share are worked out once.
 */
#define PAIRS(G0, G1, G2, G3, G4, G5, G6, G7, G8, AT)                                                      \
  do {                                                                                                     \
    const float g0 = G0, g1 = G1, g2 = G2, g3 = G3, g4 = G4, g5 = G5, g6 = G6, g7 = G7, g8 = G8;           \
    const float right = g1 + g5 + g8, left = g3 + g6 + g7;                                                 \
    const float density = right + left + (g2 + g4) + g0;                                                   \
    const float jx = right - left, jy = (g2 + g5 + g6) - (g4 + g7 + g8);                                   \
    const float inverse = 0.5f * omega / density, ux = jx * inverse, uy = jy * inverse;                    \
    const float xx = jx * ux, yy = jy * uy, square = xx + yy;                                              \
    const float common = omega36 * density - square * (1.0f / 12.0f), straight = common * 4.0f;            \
    const float evenX = straight + xx, evenY = straight + yy;                                              \
    const float slant = common + square * 0.25f, skew = jx * uy * 0.5f;                                    \
    const float evenUp = slant + skew, evenDown = slant - skew;                                            \
    const float oddX = jx * omega3, oddY = jy * omega3, slantX = jx * omega12, slantY = jy * omega12;      \
    const float oddUp = slantX + slantY, oddDown = slantY - slantX;                                        \
    next[AT] = g0 * keep + common * 16.0f;                                                                 \
    next[AT + N] = g1 * keep + (evenX + oddX);                                                             \
    next[AT + 2 * N] = g2 * keep + (evenY + oddY);                                                         \
    next[AT + 3 * N] = g3 * keep + (evenX - oddX);                                                         \
    next[AT + 4 * N] = g4 * keep + (evenY - oddY);                                                         \
    next[AT + 5 * N] = g5 * keep + (evenUp + oddUp);                                                       \
    next[AT + 6 * N] = g6 * keep + (evenDown + oddDown);                                                   \
    next[AT + 7 * N] = g7 * keep + (evenUp - oddUp);                                                       \
    next[AT + 8 * N] = g8 * keep + (evenDown - oddDown);                                                   \
  } while (0)

/* The same in the form of the textbooks: each equilibrium by itself, w rho (1 + 3 c.u + 4.5 (c.u)^2 - 1.5 u^2). */
#define TEXTBOOK(G0, G1, G2, G3, G4, G5, G6, G7, G8, AT)                                                   \
  do {                                                                                                     \
    const float g0 = G0, g1 = G1, g2 = G2, g3 = G3, g4 = G4, g5 = G5, g6 = G6, g7 = G7, g8 = G8;           \
    const float rho = g0 + g1 + g2 + g3 + g4 + g5 + g6 + g7 + g8;                                          \
    const float ux = (g1 + g5 + g8 - g3 - g6 - g7) / rho, uy = (g2 + g5 + g6 - g4 - g7 - g8) / rho;        \
    const float k = 1.0f - 1.5f * (ux * ux + uy * uy), p = ux + uy, m = uy - ux;                           \
    const float w1 = omega * rho * (1.0f / 9.0f), w5 = omega * rho * (1.0f / 36.0f);                       \
    next[AT] = g0 * keep + omega * rho * (4.0f / 9.0f) * k;                                                \
    next[AT + N] = g1 * keep + w1 * (k + 3.0f * ux + 4.5f * ux * ux);                                      \
    next[AT + 2 * N] = g2 * keep + w1 * (k + 3.0f * uy + 4.5f * uy * uy);                                  \
    next[AT + 3 * N] = g3 * keep + w1 * (k - 3.0f * ux + 4.5f * ux * ux);                                  \
    next[AT + 4 * N] = g4 * keep + w1 * (k - 3.0f * uy + 4.5f * uy * uy);                                  \
    next[AT + 5 * N] = g5 * keep + w5 * (k + 3.0f * p + 4.5f * p * p);                                     \
    next[AT + 6 * N] = g6 * keep + w5 * (k + 3.0f * m + 4.5f * m * m);                                     \
    next[AT + 7 * N] = g7 * keep + w5 * (k - 3.0f * p + 4.5f * p * p);                                     \
    next[AT + 8 * N] = g8 * keep + w5 * (k - 3.0f * m + 4.5f * m * m);                                     \
  } while (0)

#ifdef FACTORED
#define COLLIDE PAIRS
#else
#define COLLIDE TEXTBOOK
#endif

/* Unused by the textbook's form. */
#define COEFFICIENTS                                                                                       \
  const float omega3 = omega / 3.0f, omega12 = omega / 12.0f, omega36 = omega / 36.0f;                     \
  (void)omega3, (void)omega12, (void)omega36

/* A cell at the edge: half-way bounce-back from the walls and from the lid, which moves to the right. */
static void edge(const float *restrict now, float *restrict next, int x, int y, float omega, float keep, float lid) {
  COEFFICIENTS;
  const int at = y * W + x;
  const int l = x == 0, r = x == W - 1, b = y == 0, t = y == H - 1;
  const float push = lid / 6.0f;
  COLLIDE(now[at], l ? now[3 * N + at] : now[N + at - 1], b ? now[4 * N + at] : now[2 * N + at - W],
          r ? now[N + at] : now[3 * N + at + 1], t ? now[2 * N + at] : now[4 * N + at + W],
          l || b ? now[7 * N + at] : now[5 * N + at - W - 1], r || b ? now[8 * N + at] : now[6 * N + at - W + 1],
          t ? now[5 * N + at] - push : r ? now[5 * N + at] : now[7 * N + at + W + 1],
          t ? now[6 * N + at] + push : l ? now[6 * N + at] : now[8 * N + at + W - 1], at);
}

static void airflowStep(const float *restrict now, float *restrict next, float omega, float lid) {
  const float keep = 1.0f - omega;
  COEFFICIENTS;
  for (int y = 0; y < H; y++) {
    if (y == 0 || y == H - 1) {
      for (int x = 0; x < W; x++) edge(now, next, x, y, omega, keep, lid);
      continue;
    }
    edge(now, next, 0, y, omega, keep, lid);
    const int row = y * W;
    for (int x = 1; x < W - 1; x++)
      COLLIDE(now[row + x], now[N + row + x - 1], now[2 * N + row + x - W], now[3 * N + row + x + 1],
              now[4 * N + row + x + W], now[5 * N + row + x - W - 1], now[6 * N + row + x - W + 1],
              now[7 * N + row + x + W + 1], now[8 * N + row + x + W - 1], row + x);
    edge(now, next, W - 1, y, omega, keep, lid);
  }
}

static float velocity(const float *f, int x, int y) {
  const float *g = f + y * W + x;
  const float right = g[N] + g[5 * N] + g[8 * N], left = g[3 * N] + g[6 * N] + g[7 * N];
  return (right - left) / (g[0] + right + left + g[2 * N] + g[4 * N]);
}

static void airflow(int steps) {
  float *now = floats(9 * N), *next = floats(9 * N);
  for (int q = 0; q < 9; q++)
    for (int i = 0; i < N; i++) now[q * N + i] = q == 0 ? 4.0f / 9.0f : q < 5 ? 1.0f / 9.0f : 1.0f / 36.0f;
  const double cpu = cpuS(), wall = wallS();
  for (int step = 0; step < steps; step++) {
    airflowStep(now, next, 1.0f / 0.6f, 0.1f);
    float *older = now;
    now = next;
    next = older;
  }
  printf("{\"cpuS\": %.6f, \"wallS\": %.6f, \"check\": [%.9g, %.9g, %.9g]}\n", cpuS() - cpu, wallS() - wall,
         velocity(now, 256, 254), velocity(now, 100, 250), velocity(now, 500, 240));
}

enum { NODES = 5, ZONES = 6, STEPS = 100 };

#ifdef FACTORED
/* Runs side by side, so that gcc makes vectors of them. */
enum { LANES = 16 };

/* The cure rate as a power of two above 2^-126, by the polynomial that the fast lane has. */
static inline float cureRate(float above, float sharpness) {
  const float power = sharpness * above / (above + 443.15f);
  const int whole = (int)(power + 126.5f) - 126;
  const float f = power - (float)whole;
  float p = 1.535336188319500e-4f * f + 1.339887440266574e-3f;
  p = p * f + 9.618437357674640e-3f;
  p = p * f + 5.550332471162809e-2f;
  p = p * f + 2.402264791363012e-1f;
  p = p * f + 6.931472028550421e-1f;
  p = p * f + 1.0f;
  const union { int bits; float value; } scale = {.bits = (whole + 127) << 23};
  return p * scale.value;
}
#endif

static void network(int runs) {
  const float tau[NODES] = {64.56625f, 73.79f, 230.59375f, 368.95f, 614.91667f};
  const float air[ZONES] = {120, 165, 190, 185, 180, 175};
  const float stepS = 3.0f, sharpness = 7962.0f / 443.15f;
  float *lnNode = floats((size_t)runs * NODES), *lnZone = floats((size_t)runs * ZONES);
  float *bias = floats((size_t)runs * ZONES), *e170 = floats((size_t)runs * NODES);
  float *peak = floats((size_t)runs * NODES), *out = floats((size_t)runs * NODES);
  for (long i = 0; i < (long)runs * NODES; i++) lnNode[i] = 0.1f * ((float)((i * 7919) % 1000) / 500.0f - 1.0f);
  for (long i = 0; i < (long)runs * ZONES; i++) {
    lnZone[i] = 0.05f * ((float)((i * 6007) % 1000) / 500.0f - 1.0f);
    bias[i] = 3.0f * ((float)((i * 3571) % 1000) / 500.0f - 1.0f);
  }
  const double cpu = cpuS(), wall = wallS();
#ifdef FACTORED
  for (int run = 0; run < runs; run += LANES)
    for (int n = 0; n < NODES; n++) {
      float x[LANES], hottest[LANES], cure[LANES] = {0}, rate[LANES];
      int at[LANES];
      for (int l = 0; l < LANES; l++) {
        // A group that is not full does its last run again.
        at[l] = run + l < runs ? run + l : runs - 1;
        x[l] = hottest[l] = 25.0f - 170.0f;
        rate[l] = expf(lnNode[at[l] * NODES + n]) / tau[n];
      }
      for (int z = 0; z < ZONES; z++) {
        float zoneAir[LANES], middle[LANES], whole[LANES], sum[LANES] = {0};
        for (int l = 0; l < LANES; l++) {
          zoneAir[l] = air[z] - 170.0f + bias[at[l] * ZONES + z];
          const float zoneRate = rate[l] * expf(lnZone[at[l] * ZONES + z]), start = x[l] - zoneAir[l];
          const float half = expm1f(-0.5f * stepS * zoneRate);
          whole[l] = half * (half + 2.0f);
          middle[l] = start + start * half;
          x[l] += start * expm1f(-STEPS * stepS * zoneRate);
        }
        for (int step = 0; step < STEPS; step++)
          for (int l = 0; l < LANES; l++) {
            sum[l] += cureRate(zoneAir[l] + middle[l], sharpness * 1.44269504f);
            middle[l] += middle[l] * whole[l];
          }
        for (int l = 0; l < LANES; l++) {
          cure[l] += sum[l] * (stepS / 60.0f);
          hottest[l] = x[l] > hottest[l] ? x[l] : hottest[l];
        }
      }
      for (int l = 0; l < LANES; l++) {
        e170[at[l] * NODES + n] = cure[l];
        peak[at[l] * NODES + n] = hottest[l];
        out[at[l] * NODES + n] = x[l];
      }
    }
#else
  for (int run = 0; run < runs; run++)
    for (int n = 0; n < NODES; n++) {
      float x = 25.0f - 170.0f, hottest = x, cure = 0;
      const float rate = expf(lnNode[run * NODES + n]) / tau[n];
      for (int z = 0; z < ZONES; z++) {
        const float zoneAir = air[z] - 170.0f + bias[run * ZONES + z];
        const float half = expm1f(-0.5f * stepS * rate * expf(lnZone[run * ZONES + z]));
        const float whole = half * (half + 2.0f);
        float apart = x - zoneAir, sum = 0;
        for (int step = 0; step < STEPS; step++) {
          const float above = zoneAir + apart + apart * half;
          sum += expf(sharpness * above / (above + 443.15f));
          apart += apart * whole;
        }
        x = zoneAir + apart;
        cure += sum * (stepS / 60.0f);
        hottest = x > hottest ? x : hottest;
      }
      e170[run * NODES + n] = cure;
      peak[run * NODES + n] = hottest;
      out[run * NODES + n] = x;
    }
#endif
  const double usedCpu = cpuS() - cpu, usedWall = wallS() - wall;
  double mean = 0;
  for (int i = 0; i < runs * NODES; i++) mean += e170[i];
  printf("{\"cpuS\": %.6f, \"wallS\": %.6f, \"check\": [%.9g, %.9g, %.9g]}\n", usedCpu, usedWall,
         mean / (runs * NODES), peak[7], out[runs * NODES - 1]);
}

int main(int count, char **given) {
  if (count != 3) return 2;
  const int size = atoi(given[2]);
  if (strcmp(given[1], "heat") == 0) heat(size);
  else if (strcmp(given[1], "airflow") == 0) airflow(size);
  else if (strcmp(given[1], "network") == 0) network(size);
  else return 2;
  return 0;
}
