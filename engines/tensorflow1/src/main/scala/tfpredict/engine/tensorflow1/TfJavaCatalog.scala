package tfpredict.engine.tensorflow1

import org.tensorflow.framework.OpList

import tfpredict.engine.{Kernels, OpCatalog, OpClasses, OpRegistry}

/**
 * What TensorFlow 1.15.0 can run, as resources of the jar: its own list of ops, its kernels for a
 * CPU, and the reviewed tables of what ops may do and of what must hold before them.
 *
 * The kernels are written by `scripts/kernels.py`, since the runtime tells them in C++ only. Its
 * second device on the same processor, `XLA_CPU`, has some more: it compiles one for each shape of
 * its inputs. They are left out, since that compiler ends the process on inputs that a kernel would
 * reject.
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
