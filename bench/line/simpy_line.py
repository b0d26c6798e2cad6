"""The peer of bench/line.ts: the models of bench/line/models.ts in SimPy.

Usage: python3 simpy_line.py <model>:<length>:<replications>:<seed>...
Prints a line of JSON with the versions, then one for each: CPU seconds, operations (customers served, or parts that
stations worked on), and the figure of every replication (mean time in the system, or parts per second).
"""
import json
import platform
import random
import sys
import time

import simpy


def mm1_lean(length_s, seed):
    """As mm1_resource, by one server process at a Store: the lightest way that SimPy has."""
    env = simpy.Environment()
    draw = random.Random(seed).expovariate
    queue = simpy.Store(env)
    served = [0, 0.0]

    def arrivals():
        while True:
            yield env.timeout(draw(0.9))
            queue.put(env.now)

    def server():
        while True:
            arrived = yield queue.get()
            yield env.timeout(draw(1.0))
            served[0] += 1
            served[1] += env.now - arrived

    env.process(arrivals())
    env.process(server())
    env.run(until=length_s)
    return served[0], served[1] / served[0]


def mm1_resource(length_s, seed):
    """Arrivals every 1/0.9 s and service of 1 s in the mean, as SimPy's documentation writes a queue: each customer is a process that asks for a resource."""
    env = simpy.Environment()
    draw = random.Random(seed).expovariate
    counter = simpy.Resource(env, capacity=1)
    served = [0, 0.0]

    def customer():
        arrived = env.now
        with counter.request() as request:
            yield request
            yield env.timeout(draw(1.0))
        served[0] += 1
        served[1] += env.now - arrived

    def arrivals():
        while True:
            yield env.timeout(draw(0.9))
            env.process(customer())

    env.process(arrivals())
    env.run(until=length_s)
    return served[0], served[1] / served[0]


def line(length_s, seed):
    """20 stations of 1 s, up for 100 s of work and down for 10 s in the mean, 10 places between them."""
    stations, places = 20, 10
    env = simpy.Environment()
    buffers = [simpy.Store(env, capacity=places) for _ in range(stations - 1)]
    done = [0] * stations

    def station(i):
        draw = random.Random(seed * 1000 + i).expovariate
        source = buffers[i - 1] if i > 0 else None
        sink = buffers[i] if i < stations - 1 else None
        up = draw(1 / 100)
        part = None
        while True:
            if source is not None:
                part = yield source.get()
            work = 1.0
            while work > up:
                work -= up
                yield env.timeout(up + draw(1 / 10))
                up = draw(1 / 100)
            up -= work
            yield env.timeout(work)
            done[i] += 1
            if sink is not None:
                yield sink.put(part)

    for i in range(stations):
        env.process(station(i))
    env.run(until=length_s)
    return sum(done), done[-1] / length_s


MODELS = {"mm1": mm1_resource, "mm1-lean": mm1_lean, "line": line}

if __name__ == "__main__":
    print(json.dumps({"simpy": simpy.__version__, "python": platform.python_version()}))
    for asked in sys.argv[1:]:
        name, length_s, count, seed = asked.split(":")
        began = time.process_time()
        runs = [MODELS[name](float(length_s), int(seed) + k) for k in range(int(count))]
        cpu_s = time.process_time() - began
        operations = sum(run[0] for run in runs)
        print(json.dumps({"cpuS": cpu_s, "operations": operations, "figures": [run[1] for run in runs]}))
