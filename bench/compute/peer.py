"""The three works of bench/compute.ts in numpy: f32, whole arrays at a time, results into arrays that stand ready.

peer.py heat|airflow|network <steps or runs>: prints {"cpuS", "wallS", "check"}.
"""
import json
import sys
import time

import numpy as np

F = np.float32


def heat(steps):
    n = 1024
    now = np.zeros((n, n), F)
    index = np.arange(n * n, dtype=np.int64).reshape(n, n)
    now[1:-1, 1:-1] = ((index * 7919) % 1000)[1:-1, 1:-1].astype(F) / F(1000)
    after = np.zeros((n, n), F)
    around = np.empty((n - 2, n - 2), F)
    fourier = F(0.2)
    rest = F(1) - F(4) * fourier
    with clock() as used:
        for _ in range(steps):
            np.add(now[1:-1, :-2], now[1:-1, 2:], out=around)
            np.add(around, now[:-2, 1:-1], out=around)
            np.add(around, now[2:, 1:-1], out=around)
            np.multiply(around, fourier, out=around)
            inner = after[1:-1, 1:-1]
            np.multiply(now[1:-1, 1:-1], rest, out=inner)
            np.add(inner, around, out=inner)
            now, after = after, now
    return used, [now[512, 512], now[100, 300], now[3, 1020]]


def airflow(steps):
    width, height = 512, 256
    weight = np.array([4 / 9] + [1 / 9] * 4 + [1 / 36] * 4, F)
    f = np.ones((9, height, width), F) * weight[:, None, None]
    g = np.zeros((9, height, width), F)
    omega = F(1) / F(0.6)
    keep = F(1) - omega
    push = F(0.1) / F(6)
    with clock() as used:
        for _ in range(steps):
            g[0] = f[0]
            g[1, :, 1:] = f[1, :, :-1]
            g[1, :, 0] = f[3, :, 0]
            g[3, :, :-1] = f[3, :, 1:]
            g[3, :, -1] = f[1, :, -1]
            g[2, 1:] = f[2, :-1]
            g[2, 0] = f[4, 0]
            g[4, :-1] = f[4, 1:]
            g[4, -1] = f[2, -1]
            g[5, 1:, 1:] = f[5, :-1, :-1]
            g[5, 0] = f[7, 0]
            g[5, :, 0] = f[7, :, 0]
            g[6, 1:, :-1] = f[6, :-1, 1:]
            g[6, 0] = f[8, 0]
            g[6, :, -1] = f[8, :, -1]
            g[7, :-1, :-1] = f[7, 1:, 1:]
            g[7, :, -1] = f[5, :, -1]
            g[7, -1] = f[5, -1] - push
            g[8, :-1, 1:] = f[8, 1:, :-1]
            g[8, :, 0] = f[6, :, 0]
            g[8, -1] = f[6, -1] + push
            right = g[1] + g[5]
            right += g[8]
            left = g[3] + g[6]
            left += g[7]
            density = right + left
            density += g[2]
            density += g[4]
            density += g[0]
            jx = right - left
            jy = g[2] + g[5]
            jy += g[6]
            jy -= g[4]
            jy -= g[7]
            jy -= g[8]
            inverse = F(1) / density
            wx = omega * jx
            wy = omega * jy
            ux = jx
            ux *= inverse
            uy = jy
            uy *= inverse
            xx = wx * ux
            yy = wy * uy
            skew = wx * uy
            skew *= F(0.25)
            square = xx + yy
            common = (omega * density - F(1.5) * square) * F(1 / 36)
            straight = common * F(4)
            even_x = xx
            even_x *= F(0.5)
            even_x += straight
            even_y = yy
            even_y *= F(0.5)
            even_y += straight
            slant = square
            slant *= F(0.125)
            slant += common
            even_up = slant + skew
            even_down = slant - skew
            odd_x = wx * F(1 / 3)
            odd_y = wy * F(1 / 3)
            wx *= F(1 / 12)
            wy *= F(1 / 12)
            odd_up = wx + wy
            odd_down = wy - wx
            g *= keep
            common *= F(16)
            g[0] += common
            for plus, minus, even, odd in (
                (1, 3, even_x, odd_x),
                (2, 4, even_y, odd_y),
                (5, 7, even_up, odd_up),
                (6, 8, even_down, odd_down),
            ):
                g[plus] += even
                g[plus] += odd
                g[minus] += even
                g[minus] -= odd
            f, g = g, f

    def velocity(x, y):
        cell = f[:, y, x]
        right, left = cell[1] + cell[5] + cell[8], cell[3] + cell[6] + cell[7]
        return (right - left) / (cell[0] + right + left + cell[2] + cell[4])

    return used, [velocity(256, 254), velocity(100, 250), velocity(500, 240)]


def network(runs):
    tau = np.array([64.56625, 73.79, 230.59375, 368.95, 614.91667], F)
    air = np.array([120, 165, 190, 185, 180, 175], F)
    step_s, sharpness = F(3), F(7962) / F(443.15)

    def spread(count, factor, size):
        values = ((np.arange(runs * count, dtype=np.int64) * factor) % 1000).astype(F) / F(500) - F(1)
        return (F(size) * values).reshape(runs, count)

    ln_node, ln_zone, bias = spread(5, 7919, 0.1), spread(6, 6007, 0.05), spread(6, 3571, 3)
    e170, peak, out = (np.empty((runs, 5), F) for _ in range(3))
    with clock() as used:
        # Batches that stay in the cache.
        for first in range(0, runs, 2000):
            part = slice(first, first + 2000)
            rate = np.exp(ln_node[part]) / tau
            x = np.full(rate.shape, F(25 - 170), F)
            hottest = x.copy()
            cure = np.zeros(rate.shape, F)
            above, below = np.empty_like(x), np.empty_like(x)
            for z in range(6):
                zone_air = (air[z] - F(170) + bias[part, z])[:, None]
                half = np.expm1(F(-0.5) * step_s * rate * np.exp(ln_zone[part, z])[:, None])
                whole_left = F(1) + half * (half + F(2))
                half_left = F(1) + half
                apart = x - zone_air
                total = np.zeros_like(x)
                for _ in range(100):
                    np.multiply(apart, half_left, out=above)
                    np.add(above, zone_air, out=above)
                    np.add(above, F(443.15), out=below)
                    np.multiply(above, sharpness, out=above)
                    np.divide(above, below, out=above)
                    np.exp(above, out=above)
                    np.add(total, above, out=total)
                    np.multiply(apart, whole_left, out=apart)
                x = zone_air + apart
                cure += total * (step_s / F(60))
                np.maximum(hottest, x, out=hottest)
            e170[part], peak[part], out[part] = cure, hottest, x
    return used, [e170.astype(np.float64).mean(), peak.flat[7], out.flat[-1]]


class clock:
    def __enter__(self):
        self.cpu, self.wall = time.process_time(), time.perf_counter()
        return self

    def __exit__(self, *_):
        self.cpu, self.wall = time.process_time() - self.cpu, time.perf_counter() - self.wall


if sys.argv[1] == "version":
    print(json.dumps({"version": np.__version__}))
else:
    used, check = {"heat": heat, "airflow": airflow, "network": network}[sys.argv[1]](int(sys.argv[2]))
    print(json.dumps({"cpuS": used.cpu, "wallS": used.wall, "check": [float(value) for value in check]}))
