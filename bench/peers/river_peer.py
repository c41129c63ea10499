"""River beside `telltale stream`: half-space trees behind a scaler, one message of JSON after the other, learned and scored. Prints messages/s and P99 in ms.

Usage: river_peer.py FILE.ndjson
"""
import json
import sys
import time

from river import anomaly, compose, preprocessing

model = compose.Pipeline(preprocessing.MinMaxScaler(), anomaly.HalfSpaceTrees(n_trees=25, height=8, window_size=250, seed=1))
with open(sys.argv[1]) as file:
    lines = file.readlines()
took = []
begin = time.perf_counter()
for line in lines:
    start = time.perf_counter()
    message = json.loads(line)
    message.pop("time")
    model.score_one(message)
    model.learn_one(message)
    took.append(time.perf_counter() - start)
seconds = time.perf_counter() - begin
took.sort()
print(json.dumps({"rate": len(lines) / seconds, "p99": 1000 * took[int(0.99 * len(took))]}))
