"""Scores one window per request with ONNX Runtime behind FastAPI and uvicorn, for bench/serve.mjs. Usage: onnx_server.py MODEL.onnx PORT"""

import sys

import numpy as np
import onnxruntime
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])
app = FastAPI()


class Body(BaseModel):
    window: list[list[float]]


@app.post("/score")
async def score(body: Body):
    value, flag = session.run(["score", "flag"], {"window": np.asarray([body.window])})
    return {"score": float(value[0]), "flag": bool(flag[0])}


uvicorn.run(app, port=int(sys.argv[2]), log_level="error", access_log=False)
