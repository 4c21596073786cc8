package tfpredict.engine.tensorflow1

import org.tensorflow.framework.OpList

import tfpredict.engine.{Kernels, OpCatalog, OpClasses, OpRegistry}

/**
 * The abilities of TensorFlow 1.15.0, read from the jar's resources. They are its op list, its CPU
 * kernels, the reviewed table of op classes, and the reviewed table of conditions on ops' inputs.
 *
 * `scripts/kernels.py` writes the kernels, since the runtime lists them in C++ only. The runtime's
 * second device on a CPU, `XLA_CPU`, has more kernels. It compiles one for each shape of its
 * inputs. These are left out: the compiler ends the process on inputs that a kernel would reject.
 */
private[tfpredict] object TfJavaCatalog {
  lazy val get: OpCatalog = new OpCatalog(
    "TensorFlow 1.15",
    new OpRegistry(JarResource.read("/tfpredict/ops-1.15.0.pb")(OpList.parseFrom(_))),
    Kernels.read(JarResource.lines("/tfpredict/kernels-1.15.0.txt")),
    OpClasses.read(JarResource.lines("/tfpredict/op-classes-1.15.0.tsv")),
    OpCatalog.entries(JarResource.lines("/tfpredict/op-guards-1.15.0.tsv")).toMap
  )
}
