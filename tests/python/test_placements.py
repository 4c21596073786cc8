"""Models that were trained on devices, workers and parameter servers run on the CPU."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
import tfpredict

v1 = tf.compat.v1
ROWS = np.random.default_rng(7).normal(size=(5, 3)).astype("float32")
DEVICES = [
    "/gpu:0",
    "/device:GPU:7",
    "/device:TPU:0",
    "/job:ps/task:3",
    "/job:worker/replica:0/task:1/device:GPU:1",
    "/job:localhost/replica:0/task:0/device:XLA_GPU:0",
]


def answers(spark, folder):
    table = spark.createDataFrame(
        [(index, row.tolist()) for index, row in enumerate(ROWS)], "id int, x array<float>"
    )
    found = table.select("id", tfpredict.predict(folder, "x").alias("y")).orderBy("id").collect()
    return np.array([row.y for row in found])


def change(folder, of_node, of_function=lambda function: None):
    """Write what devices would have left in a model's nodes and functions."""
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    file = folder / "1" / "saved_model.pb"
    saved = SavedModel.FromString(file.read_bytes())
    for meta in saved.meta_graphs:
        graph = meta.graph_def
        for node in graph.node:
            of_node(node)
        for function in graph.library.function:
            of_function(function)
            for node in function.node_def:
                of_node(node)
    file.write_bytes(saved.SerializeToString())


def net(folder):
    """A model with a function, a branch and a loop; return its answers."""
    weights = tf.Variable(np.arange(6, dtype="float32").reshape(3, 2), name="weights")

    @tf.function
    def twice(x):
        return 2 * x

    @tf.function(input_signature=[tf.TensorSpec([None, 3], name="x")])
    def serving(x):
        y = twice(tf.matmul(x, weights))
        y = tf.cond(tf.shape(x)[0] > 1000, lambda: y, lambda: y + weights[0])
        return {"y": tf.while_loop(lambda n, _: n < 3, lambda n, v: (n + 1, v * 1.5), (0, y))[1]}

    module = tf.Module()
    module.weights, module.serving = weights, serving
    tf.saved_model.save(module, str(folder / "1"), {"serving_default": serving})
    return serving(tf.constant(ROWS))["y"].numpy()


@pytest.mark.parametrize("device", DEVICES)
def test_nodes_on_devices_that_are_not_here(spark, tmp_path, device):
    wanted = net(tmp_path)

    def place(node):
        node.device = device
        node.attr["_kernel"].s = b"of_a_library_of_gpus"
        node.attr["_class"].list.s.append(b"loc:@weights_of_somewhere_else")

    change(tmp_path, place)
    assert tfpredict.inspect(tmp_path).runs
    np.testing.assert_allclose(answers(spark, tmp_path), wanted, rtol=1e-5)


def test_calls_and_functions_for_a_compiler(spark, tmp_path):
    wanted = net(tmp_path)

    def place(node):
        for name in ("_XlaCompile", "_XlaMustCompile", "_XlaSeparateCompiledGradients"):
            node.attr[name].b = True
        node.attr["_tpu_replicate"].s = b"cluster"
        node.attr["_replication_info"].s = b"cluster"
        node.attr["_xla_compile_id"].s = b"cluster"
        node.attr["_XlaScope"].s = b"jit_scope_0"

    def whole(function):
        function.attr["_XlaCompile"].b = True
        function.attr["_XlaMustCompile"].b = True
        function.attr["_tpu_replicate"].s = b"cluster"

    change(tmp_path, place, whole)
    np.testing.assert_allclose(answers(spark, tmp_path), wanted, rtol=1e-5)


def test_a_function_compiled_by_its_own_word(spark, tmp_path):
    @tf.function(input_signature=[tf.TensorSpec([None, 3], name="x")], jit_compile=True)
    def compiled(x):
        return tf.nn.softmax(x) * 3

    module = tf.Module()
    module.serving = tf.function(
        lambda x: {"y": compiled(x)}, input_signature=[tf.TensorSpec([None, 3], name="x")]
    )
    tf.saved_model.save(module, str(tmp_path / "1"), {"serving_default": module.serving})
    wanted = tf.nn.softmax(ROWS).numpy() * 3
    np.testing.assert_allclose(answers(spark, tmp_path), wanted, rtol=1e-5)


def test_variables_that_say_which_devices_may_have_them(spark, tmp_path):
    wanted = net(tmp_path)

    def place(node):
        if node.op == "VarHandleOp":
            node.attr["allowed_devices"].list.s.extend([b"/job:ps/task:0", b"/job:ps/task:1"])

    change(tmp_path, place)
    np.testing.assert_allclose(answers(spark, tmp_path), wanted, rtol=1e-5)


# Two parameter servers and a worker, each with a port of its own, in a process that ends with them.
SERVED = """
import socket, sys
import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
v1.disable_eager_execution()

def free():
    with socket.socket() as one:
        one.bind(("localhost", 0))
        return f"localhost:{one.getsockname()[1]}"

cluster = tf.train.ClusterSpec({"ps": [free(), free()], "worker": [free()]})
servers = [
    v1.train.Server(cluster, job, task)
    for job, task in (("ps", 0), ("ps", 1), ("worker", 0))
]
folder, rows, found = sys.argv[1:]
with v1.device(v1.train.replica_device_setter(cluster=cluster, worker_device="/job:worker/task:0")):
    x = v1.placeholder(tf.float32, [None, 3], name="x")
    first = v1.get_variable("first", initializer=np.arange(6, dtype="float32").reshape(3, 2))
    split = v1.fixed_size_partitioner(2)
    more = v1.get_variable("more", [2, 4], partitioner=split, use_resource=False)
    bias = v1.get_variable("bias", initializer=np.ones(4, "float32"), use_resource=False)
    y = tf.matmul(tf.matmul(x, first), tf.convert_to_tensor(more)) + bias
with v1.Session(servers[-1].target) as session:
    session.run(v1.global_variables_initializer())
    builder = v1.saved_model.Builder(folder)
    signature = v1.saved_model.predict_signature_def({"x": x}, {"y": y})
    builder.add_meta_graph_and_variables(
        session, ["serve"], {"serving_default": signature}, clear_devices=False
    )
    builder.save()
    np.save(found, session.run(y, {x: np.load(rows)}))
"""


def test_a_graph_of_parameter_servers(spark, tmp_path):
    rows, found, program = tmp_path / "rows.npy", tmp_path / "found.npy", tmp_path / "served.py"
    np.save(rows, ROWS)
    program.write_text(SERVED)
    folder = tmp_path / "model"
    subprocess.run([sys.executable, program, folder / "1", rows, found], check=True, timeout=300)
    saved = (folder / "1" / "saved_model.pb").read_bytes()
    assert b"/job:ps/task:1" in saved
    assert b"/job:worker/task:0" in saved
    assert tfpredict.inspect(folder).runs
    np.testing.assert_allclose(answers(spark, folder), np.load(found), rtol=1e-5)
