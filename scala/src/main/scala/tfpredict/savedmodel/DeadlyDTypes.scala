package tfpredict.savedmodel

import org.tensorflow.framework.DataType

/** Dtypes with which an op's kernel ends the process, as [[DeadlyValues]] has values. */
private[savedmodel] object DeadlyDTypes {

  /**
   * Those that only the runtime's compiler has kernels for, which take long or end for want of
   * memory.
   */
  val Compiled: Set[DataType] = Set(DataType.DT_UINT32, DataType.DT_UINT64, DataType.DT_QINT8) ++
    Set(DataType.DT_QUINT8, DataType.DT_QINT32, DataType.DT_QINT16, DataType.DT_QUINT16)
  private val ComplexNumbers = Set(DataType.DT_COMPLEX64, DataType.DT_COMPLEX128)

  private val Integers = Set(DataType.DT_INT8, DataType.DT_INT16, DataType.DT_INT32) ++
    Set(DataType.DT_INT64, DataType.DT_UINT8, DataType.DT_UINT16)

  /** By the op. Complex numbers have no order, and half precision does not converge. */
  val Unfit: Map[String, Set[DataType]] = Map(
    // By 0, or the least by -1.
    "SparseDenseCwiseDiv" -> Integers,
    "ArgMax" -> ComplexNumbers,
    "ArgMin" -> ComplexNumbers,
    "Max" -> (Compiled ++ ComplexNumbers),
    "Min" -> (Compiled ++ ComplexNumbers),
    "Cholesky" -> Set(DataType.DT_HALF),
    "Qr" -> Set(DataType.DT_HALF),
    "SelfAdjointEigV2" -> Set(DataType.DT_HALF),
    "Svd" -> Set(DataType.DT_HALF),
    "SoftmaxCrossEntropyWithLogits" -> Set(DataType.DT_BFLOAT16),
    // Truths are no numbers to the runtime's compiler.
    "TensorScatterAdd" -> Set(DataType.DT_BOOL),
    "TensorScatterSub" -> Set(DataType.DT_BOOL)
  ) ++ (Seq("Mean", "Prod", "Sum", "RandomShuffle", "Roll") ++
    Seq("Max", "Min", "Prod", "Sum").map(name => s"UnsortedSegment$name") ++
    Seq("BiasAddGrad", "MaxPoolGrad")).map(_ -> Compiled) ++
    (Seq("Input", "Filter").map(name => s"DepthwiseConv2dNativeBackprop$name") ++
      Seq("AvgPoolGrad", "Conv2DBackpropFilter", "LRNGrad", "ResizeBilinearGrad") ++
      Seq("FusedBatchNormGradV2", "FusedBatchNormGradV3")).map(_ -> Set(DataType.DT_BFLOAT16))

  /** What the runtime takes for true or false. */
  val Conditions: Set[DataType] = Set(DataType.DT_BOOL, DataType.DT_STRING, DataType.DT_FLOAT) ++
    Set(DataType.DT_DOUBLE, DataType.DT_INT8, DataType.DT_INT16, DataType.DT_INT32) ++
    Set(DataType.DT_INT64, DataType.DT_UINT8)
}
