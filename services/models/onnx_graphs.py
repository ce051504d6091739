"""ONNX graphs made of others: the weighted mean of several, and probabilities sharpened."""

from collections.abc import Sequence

import numpy as np
import onnx
from onnx import ModelProto, TensorProto, compose, helper

PROBABILITIES = "probabilities"


def weighted_mean(graphs: Sequence[tuple[ModelProto, float]]) -> ModelProto:
    """The graphs side by side.

    Parameters
    ----------
    graphs
        Models of equal inputs, each with its weight; weights sum to 1. A classifier gives "label" and "probabilities",
        any other its numbers first.

    Returns
    -------
    ModelProto
        With the outputs of a classifier, or one output "variable" (n, 1).
    """
    first = graphs[0][0]
    is_classifier = len(first.graph.output) > 1
    answer = PROBABILITIES if is_classifier else first.graph.output[0].name
    nodes, initializers, parts = [], [], []
    for number, (model, weight) in enumerate(graphs):
        prefix = f"member_{number}_"
        graph = compose.add_prefix(model, prefix, rename_inputs=False).graph
        nodes += list(graph.node)
        initializers += list(graph.initializer)
        initializers.append(helper.make_tensor(f"{prefix}weight", TensorProto.FLOAT, [1], [weight]))
        nodes.append(helper.make_node("Mul", [f"{prefix}{answer}", f"{prefix}weight"], [f"{prefix}share"]))
        parts.append(f"{prefix}share")
    name = answer if is_classifier else "variable"
    nodes.append(helper.make_node("Sum", parts, [name]))
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, None])]
    if is_classifier:
        nodes.append(helper.make_node("ArgMax", [name], ["label"], axis=1, keepdims=0))
        outputs.insert(0, helper.make_tensor_value_info("label", TensorProto.INT64, [None]))
    graph = helper.make_graph(nodes, "team", list(first.graph.input), outputs, initializers)
    opsets: dict[str, int] = {}
    for model, _ in graphs:
        for opset in model.opset_import:
            opsets[opset.domain] = max(opset.version, opsets.get(opset.domain, 0))
    imports = [helper.make_opsetid(domain, version) for domain, version in opsets.items()]
    whole = helper.make_model(graph, opset_imports=imports, ir_version=first.ir_version)
    onnx.checker.check_model(whole)
    return whole


def sharpened(model: ModelProto, sharpness: float) -> ModelProto:
    """A classifier whose log probabilities are multiplied by a number and brought to sum 1 again."""
    whole = ModelProto()
    whole.CopyFrom(model)
    prefix = "plain_"
    graph = compose.add_prefix(whole, prefix, rename_inputs=False).graph
    constants = {"eps": float(np.finfo(np.float64).eps), "sharpness": sharpness}
    for name, value in constants.items():
        graph.initializer.append(helper.make_tensor(name, TensorProto.FLOAT, [1], [value]))
    graph.node.extend(
        [
            helper.make_node("Add", [f"{prefix}{PROBABILITIES}", "eps"], ["likely"]),
            helper.make_node("Log", ["likely"], ["logits"]),
            helper.make_node("Mul", ["logits", "sharpness"], ["sharp"]),
            helper.make_node("Softmax", ["sharp"], [PROBABILITIES], axis=1),
            helper.make_node("Identity", [f"{prefix}label"], ["label"]),
        ]
    )
    del graph.output[:]
    graph.output.extend(
        [
            helper.make_tensor_value_info("label", TensorProto.INT64, [None]),
            helper.make_tensor_value_info(PROBABILITIES, TensorProto.FLOAT, [None, None]),
        ]
    )
    made = helper.make_model(graph, opset_imports=list(model.opset_import), ir_version=model.ir_version)
    onnx.checker.check_model(made)
    return made
