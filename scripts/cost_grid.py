"""The models whose layers scripts/fit_cost measures: independent layers of many sizes, each with inputs of its own."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Grid:
    def __init__(self, name):
        self.name, self.nodes, self.inputs, self.outputs, self.constants = name, [], [], [], []
        self.random = np.random.default_rng(7)
        self.shared = {}

    def input(self, *shape):
        """One input per shape: layers of the same shape read the same one."""
        if shape not in self.shared:
            name = "x_" + "_".join(map(str, shape))
            self.inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape)))
            self.shared[shape] = name
        return self.shared[shape]

    def own(self, *shape):
        """An input of one layer alone."""
        name = f"own_{len(self.inputs)}"
        self.inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape)))
        return name

    def constant(self, values, name=None):
        name = name or f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(values, name))
        return name

    def weights(self, *shape):
        return self.constant((self.random.standard_normal(shape) * 0.2).astype(np.float32))

    def layer(self, op, inputs, **attributes):
        result = f"{op.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [result], name=result, **attributes))
        return result

    def out(self, value, shape=None):
        self.outputs.append(helper.make_tensor_value_info(value, TensorProto.FLOAT, shape))

    def conv(self, height, width, channels, outputs, kernel=(3, 3), stride=1, pads=None, groups=1, dilation=1, relu=False, x=None):
        x = x or self.input(1, channels, height, width)
        pads = pads if pads is not None else [kernel[0] // 2, kernel[1] // 2] * 2
        w = self.weights(outputs, channels // groups, *kernel)
        y = self.layer("Conv", [x, w, self.weights(outputs)], kernel_shape=list(kernel), strides=[stride, stride], pads=pads,
                       group=groups, dilations=[dilation, dilation])
        if relu:
            y = self.layer("Clip", [y, self.constant(np.float32(0)), self.constant(np.float32(6))])
        self.out(y)

    def bytes(self):
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        return onnx.shape_inference.infer_shapes(model).SerializeToString()


def convolutions():
    g = Grid("convolutions")
    for h, w, c, o, k, s in [(8, 8, 16, 16, 3, 1), (16, 16, 16, 16, 3, 1), (8, 8, 32, 32, 3, 1), (8, 8, 32, 32, 3, 2), (12, 12, 16, 24, 3, 2),
                             (7, 7, 16, 10, 3, 1), (5, 9, 12, 7, 3, 1), (6, 6, 64, 16, 3, 1), (10, 10, 16, 32, 1, 2),
                             (8, 8, 64, 64, 1, 2), (8, 8, 16, 16, 5, 1), (4, 4, 48, 48, 3, 1),
                             (3, 3, 32, 64, 3, 1)]:
        g.conv(h, w, c, o, (k, k), s, relu=c == 16 and o == 16)
    g.conv(10, 10, 16, 16, (3, 3), 1, [2, 2, 2, 2], dilation=2)
    g.conv(1, 40, 24, 24, (1, 3), 1, [0, 4, 0, 4], dilation=4)
    g.conv(8, 8, 32, 32, (3, 3), 1, groups=4)
    g.conv(6, 6, 48, 24, (1, 1), 1, [0, 0, 0, 0], groups=3)
    g.conv(9, 7, 12, 18, (3, 3), 2, groups=2)
    return g.bytes()


def pointwise():
    g = Grid("pointwise")
    for h, w, c, o in [(8, 8, 16, 16), (8, 8, 8, 16), (24, 24, 8, 16), (6, 6, 64, 64), (3, 3, 128, 128), (3, 3, 256, 64), (12, 12, 32, 32), (5, 5, 64, 40),
                       (5, 5, 24, 144), (5, 5, 144, 24), (7, 7, 36, 10), (1, 1, 128, 64), (25, 5, 64, 64), (14, 14, 48, 24), (9, 9, 20, 33),
                       (16, 16, 12, 6), (8, 8, 10, 22), (28, 28, 4, 8)]:
        g.conv(h, w, c, o, (1, 1), 1, [0, 0, 0, 0], relu=o % 16 == 0 and c > 8)
    return g.bytes()


def depthwise():
    g = Grid("depthwise")
    for h, w, c, s, relu in [(8, 8, 16, 1, 0), (25, 5, 64, 1, 1), (24, 24, 8, 1, 1), (6, 6, 64, 1, 0), (3, 3, 128, 1, 1), (12, 12, 32, 1, 0), (5, 9, 16, 1, 0), (14, 14, 24, 1, 0),
                             (24, 24, 8, 2, 1), (12, 12, 32, 2, 0), (7, 7, 64, 2, 0), (6, 6, 96, 2, 1), (25, 15, 8, 2, 0), (4, 4, 128, 2, 0), (17, 17, 12, 2, 0)]:
        g.conv(h, w, c, c, (3, 3), s, groups=c, relu=relu)
    for h, w, c, k, s, pads in [(8, 8, 16, (5, 5), 1, None), (1, 30, 40, (1, 5), 1, [0, 0, 0, 0]), (1, 28, 40, (1, 15), 1, [0, 0, 0, 0]), (10, 10, 6, (3, 3), 1, None),
                                (12, 12, 24, (5, 5), 2, None), (9, 9, 10, (3, 3), 2, None), (16, 16, 8, (7, 7), 1, None), (30, 1, 40, (3, 1), 1, [0, 0, 0, 0]),
                                (6, 6, 29, (3, 3), 1, None), (8, 8, 58, (3, 3), 1, None), (8, 8, 58, (3, 3), 2, None), (16, 16, 4, (3, 3), 1, [0, 0, 0, 0]),
                                (20, 6, 7, (4, 4), 1, [0, 0, 0, 0])]:
        g.conv(h, w, c, c, k, s, pads, groups=c)
    return g.bytes()


def dense():
    g = Grid("dense")
    for i, o in [(64, 12), (640, 128), (128, 128), (128, 8), (8, 128), (128, 640), (256, 2), (100, 30), (33, 17), (1000, 10), (16, 16), (50, 50), (784, 64), (70, 5),
                 (12, 40), (129, 64)]:
        y = g.layer("Gemm", [g.input(1, i), g.weights(o, i), g.weights(o)], transB=1)
        if o in (128, 30):
            y = g.layer("Relu", [y])
        g.out(y)
    for r, i, o in [(10, 32, 48), (16, 16, 16), (49, 24, 96), (26, 12, 30)]:
        g.out(g.layer("MatMul", [g.input(1, r, i), g.weights(i, o)]))
    for b, r, d, c in [(1, 26, 8, 26), (4, 16, 8, 16), (2, 10, 24, 7), (1, 49, 16, 49)]:
        g.out(g.layer("MatMul", [g.input(1, b, r, d), g.input(1, b, d, c)]))
    return g.bytes()


def elementwise():
    g = Grid("elementwise")
    for shape in [(1, 16, 16, 16), (1, 64, 5, 5), (1, 3, 7, 9), (1, 128)]:
        x, y = g.input(*shape), g.input(*shape[:-1], shape[-1] + 0)
        other = g.layer("Identity", [x])
        two = f"b_{'_'.join(map(str, shape))}"
        g.inputs.append(helper.make_tensor_value_info(two, TensorProto.FLOAT, list(shape)))
        total = g.layer("Add", [x, two])
        g.out(total)
        g.out(g.layer("Relu", [g.layer("Add", [two, x])]))
        g.out(g.layer("Mul", [x, two]))
        g.out(g.layer("Sub", [x, two]))
        g.out(g.layer("Sigmoid", [x]))
        g.out(g.layer("Tanh", [two]))
        del y, other
        if len(shape) == 4:
            c = shape[1]
            g.out(g.layer("Add", [x, g.weights(1, c, 1, 1)]))
            g.out(g.layer("Mul", [x, g.weights(1, c, 1, 1)]))
            gate = f"g_{'_'.join(map(str, shape))}"
            g.inputs.append(helper.make_tensor_value_info(gate, TensorProto.FLOAT, [1, c, 1, 1]))
            g.out(g.layer("Mul", [x, gate]))
            g.out(g.layer("Add", [x, gate]))
    for rows, size in [(1, 10), (1, 12), (1, 2), (26, 26), (16, 5), (49, 49)]:
        g.out(g.layer("Softmax", [g.input(rows, size)], axis=1))
    return g.bytes()


def movement():
    g = Grid("movement")
    for h, w, a, b in [(8, 8, 16, 16), (5, 5, 64, 64), (12, 12, 24, 8), (7, 7, 29, 29), (4, 4, 116, 116), (28, 28, 4, 6), (3, 3, 5, 3)]:
        x, y = g.input(1, a, h, w), f"other_{a}_{b}_{h}_{w}"
        g.inputs.append(helper.make_tensor_value_info(y, TensorProto.FLOAT, [1, b, h, w]))
        g.out(g.layer("Concat", [g.layer("Relu", [x]), g.layer("Relu", [y])], axis=1))
        half = g.layer("Slice", [x, g.constant(np.array([0])), g.constant(np.array([a // 2])), g.constant(np.array([1]))])
        g.out(half)
        if a % 2 == 0:
            split = g.layer("Reshape", [x, g.constant(np.array([1, 2, a // 2, h, w]))])
            turned = g.layer("Transpose", [split], perm=[0, 2, 1, 3, 4])
            g.out(g.layer("Reshape", [turned, g.constant(np.array([1, a, h, w]))]))
    for shape, perm in [((1, 26, 24), [0, 2, 1]), ((1, 4, 16, 8), [0, 2, 1, 3]), ((1, 10, 49), [0, 2, 1]), ((4, 20, 12), [2, 0, 1]), ((1, 16, 4, 8), [0, 2, 3, 1])]:
        g.out(g.layer("Transpose", [g.input(*shape)], perm=perm))
    for h, w, c, p in [(8, 8, 16, 1), (5, 5, 64, 2), (28, 28, 3, 2), (9, 9, 7, 1)]:
        g.out(g.layer("Pad", [g.input(1, c, h, w), g.constant(np.array([0, 0, p, p, 0, 0, p, p]))]))
    for h, w, c, f in [(4, 4, 16, 2), (8, 8, 6, 2), (5, 5, 32, 2)]:
        for mode in ("nearest", "linear"):
            g.out(g.layer("Resize", [g.input(1, c, h, w), "", g.constant(np.array([1, 1, f, f], np.float32))], mode=mode,
                          coordinate_transformation_mode="half_pixel" if mode == "linear" else "asymmetric", nearest_mode="floor"))
    return g.bytes()


def floats():
    g = Grid("floats")
    for h, w, c, o, k in [(8, 8, 16, 16, 3), (12, 12, 3, 8, 3), (6, 6, 32, 32, 1), (1, 40, 8, 12, 1)]:
        g.conv(h, w, c, o, (min(h, k), k), 1)
    g.conv(10, 10, 16, 16, (3, 3), 1, groups=16)
    for i, o in [(128, 64), (33, 10)]:
        g.out(g.layer("Gemm", [g.input(1, i), g.weights(o, i), g.weights(o)], transB=1))
    for shape in [(1, 12, 10, 10), (1, 256)]:
        x = g.input(*shape)
        for op in ("Relu", "Sigmoid", "Tanh", "Erf", "Exp", "Sqrt"):
            g.out(g.layer(op, [x]))
    g.out(g.layer("MaxPool", [g.input(1, 12, 10, 10)], kernel_shape=[2, 2], strides=[2, 2]))
    g.out(g.layer("LayerNormalization", [g.input(1, 26, 24), g.weights(24), g.weights(24)], axis=-1))
    for name, gates in (("LSTM", 4), ("GRU", 3)):
        y = g.layer(name, [g.input(20, 1, 12), g.weights(1, gates * 16, 12), g.weights(1, gates * 16, 16)], hidden_size=16)
        g.out(y)
    return g.bytes()


# What models have once: such kernels are compiled into the model's code, with their sizes known, and cost less there. Per
# model: a convolution of few channels, one of planar input, a depthwise one, pools, a classifier. Height, width, channels,
# outputs, kernel, stride, pads.
FIRST = [(49, 10, 1, 16, (10, 4), 2, [4, 1, 5, 1]), (1, 64, 3, 16, (1, 7), 1, [0, 3, 0, 3]), (1, 40, 9, 24, (1, 5), 1, [0, 2, 0, 2]),
         (1, 128, 1, 8, (1, 9), 2, [0, 4, 0, 4]), (28, 28, 1, 6, (5, 5), 1, [2, 2, 2, 2]), (10, 10, 3, 9, (4, 4), 1, [0, 0, 0, 0]),
         (1, 26, 3, 8, (1, 3), 1, [0, 0, 0, 0]), (1, 140, 1, 8, (1, 7), 1, [0, 3, 0, 3]), (24, 24, 3, 16, (7, 7), 2, [3, 3, 3, 3]),
         (14, 14, 10, 12, (3, 3), 1, [1, 1, 1, 1]), (1, 70, 7, 16, (1, 5), 2, [0, 2, 0, 2]), (20, 20, 9, 8, (3, 3), 2, [1, 1, 1, 1])]
PLANAR = [(32, 32, 3, 16, 1, None), (48, 48, 3, 8, 2, [0, 0, 1, 1]), (28, 28, 1, 8, 1, None), (31, 31, 3, 8, 2, None), (24, 16, 2, 10, 1, None),
          (64, 64, 3, 8, 2, [0, 0, 1, 1]), (14, 14, 8, 16, 1, [0, 0, 0, 0]), (33, 17, 1, 16, 2, None), (64, 64, 1, 4, 2, [0, 0, 1, 1]),
          (16, 40, 3, 32, 2, None), (12, 12, 6, 7, 1, None), (40, 40, 3, 4, 2, [1, 1, 1, 1])]
DEPTHWISE = [(16, 16, 16, (3, 3), 1), (12, 12, 24, (5, 5), 1), (1, 30, 40, (1, 5), 1), (9, 9, 10, (3, 3), 2), (24, 24, 8, (3, 3), 1), (8, 8, 32, (3, 3), 1),
             (1, 28, 40, (1, 15), 1), (12, 12, 32, (3, 3), 2), (6, 6, 29, (3, 3), 1), (16, 16, 8, (7, 7), 1), (20, 6, 7, (4, 4), 1), (8, 8, 58, (3, 3), 2)]
POOLS = [(16, 16, 16, 2, 2), (13, 13, 32, 3, 2), (8, 8, 64, 2, 2), (28, 28, 6, 2, 2), (12, 12, 24, 3, 1), (1, 64, 16, 2, 2), (9, 9, 7, 3, 2), (14, 14, 12, 2, 2),
         (24, 24, 8, 3, 2), (6, 6, 32, 2, 2), (10, 10, 20, 5, 5), (7, 7, 48, 3, 1)]
GLOBAL = [(25, 5, 64), (8, 8, 64), (3, 3, 256), (7, 7, 30), (16, 16, 10), (5, 5, 13), (1, 26, 24), (6, 6, 128), (4, 4, 32), (10, 10, 48), (2, 2, 512), (1, 70, 16)]


def single(k):
    g = Grid(f"single{k}")
    g.conv(*FIRST[k][:6], FIRST[k][6], relu=k % 3 == 0)
    h, w, c, o, s, pads = PLANAR[k]
    g.conv(h, w, c, o, (3, 3), s, pads, relu=k % 2 == 0, x=g.own(1, c, h, w))
    h, w, c, kernel, s = DEPTHWISE[k]
    g.conv(h, w, c, c, kernel, s, groups=c, pads=None if kernel[0] != 1 else [0, 0, 0, 0])
    h, w, c, size, s = POOLS[k]
    pads = [1 if size == 3 and s == 1 else 0] * 4
    pool = {"kernel_shape": [min(h, size), size], "strides": [min(h, s), s], "pads": pads}
    g.out(g.layer("MaxPool", [g.input(1, c, h, w)], **pool))
    if k % 2:
        g.out(g.layer("AveragePool", [g.input(1, c, h, w)], count_include_pad=0, **pool))
        g.out(g.layer("ReduceMean", [g.input(1, *GLOBAL[k][1:])], axes=[1], keepdims=0))
    else:
        h, w, c = GLOBAL[k]
        g.out(g.layer("GlobalAveragePool", [g.input(1, c, h, w)]))
    x = g.input(1, 2 + 5 * k)
    g.out(g.layer("Softmax", [x], axis=1))
    g.out(g.layer("Gemm", [g.input(1, 16 + 24 * k), g.weights(10 + k, 16 + 24 * k), g.weights(10 + k)], transB=1))
    if k < 6:
        x = g.input(1, 4 * k + 4, 9, 9)
        g.out(g.layer("Add", [x, g.weights(1, 4 * k + 4, 1, 1)]))
        g.out(g.layer("Mul", [x, g.input(1, 4 * k + 4, 1, 1)]))
        g.out(g.layer("Sigmoid", [x]))
        g.out(g.layer("MatMul", [g.input(1, 2, 12, 8 + k), g.input(1, 2, 8 + k, 12 + 4 * k)]))
    return g.bytes()


def mixed():
    g = Grid("mixed")
    for shape in [(1, 12, 10, 10), (1, 256), (26, 16), (1, 40), (8, 100)]:
        y = g.layer("Erf", [g.layer("Relu", [g.input(*shape)])])
        g.out(g.layer("Sigmoid", [y]))
    return g.bytes()


def sparse():
    """With --prune-pattern: on cores that have kernels for it, most of these layers skip blocks."""
    g = Grid("sparse")
    for h, w, c, o, k, s in [(8, 8, 16, 16, 3, 1), (6, 6, 32, 32, 3, 1), (9, 7, 24, 40, 3, 2), (12, 12, 16, 24, 5, 1), (8, 8, 64, 64, 1, 1), (5, 5, 128, 64, 1, 1),
                             (12, 12, 32, 48, 1, 1), (4, 4, 256, 128, 1, 1), (7, 7, 48, 30, 1, 1), (6, 6, 64, 40, 3, 1)]:
        g.conv(h, w, c, o, (k, k), s, relu=c == 64)
    return g.bytes()


# What builds a model, and how it is compressed.
GRIDS = {"convolutions": (convolutions, []), "pointwise": (pointwise, []), "depthwise": (depthwise, []), "dense": (dense, []),
         "elementwise": (elementwise, []), "movement": (movement, []), "mixed": (mixed, ["--keep-float", "erf*"]),
         "floats": (floats, ["--float"]),
         "sparse_int4_dense": (dense, ["--int4w"]), "sparse_int4_pointwise": (pointwise, ["--int4w"]), "sparse_int4": (sparse, ["--int4w"]),
         **{f"sparse_int4_single{k}": (lambda k=k: single(k), ["--int4w"]) for k in (0, 1, 3, 4)},
         **{f"sparse{share}": (sparse, ["--prune", f"0.{share}", "--prune-pattern", "block4x2"]) for share in (4, 6, 8)},
         **{f"single{k}": (lambda k=k: single(k), []) for k in range(len(FIRST))}}
