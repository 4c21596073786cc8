package tfpredict.engine.tensorflow1

import java.nio.charset.StandardCharsets.US_ASCII

import tfpredict.Threads

/**
 * Options of TensorFlow 1.15's sessions and runs, as serialized protocol buffers. They are written
 * by hand, since TensorFlow Java has no classes for them. The field numbers are those of
 * tensorflow/core/protobuf/config.proto.
 */
private[tfpredict] object TfJavaOptions {

  /**
   * A ConfigProto with intra_op_parallelism_threads, inter_op_parallelism_threads, and
   * graph_options.rewrite_options without memory_optimization. That optimization moves tensors of a
   * graphics card. It first estimates the cost of each op, and the estimate ends the process on
   * some shapes.
   */
  def session(threads: Threads): Array[Byte] =
    field(2, threads.intra.toLong) ++ field(5, threads.inter.toLong) ++
      bytes(10, bytes(10, field(4, NoMemoryOptimization)))

  /**
   * The same for a model whose runs may be endless. Such models of this JVM share a pool of their
   * own: session_inter_op_thread_pool with num_threads and global_name. An endless loop keeps a
   * thread of that pool, and takes none from other models. The pool has more threads than there are
   * tasks, so a cancelling run finds a free one.
   */
  def session(threads: Threads, mayNotEnd: Boolean): Array[Byte] =
    if (!mayNotEnd) session(threads)
    else {
      val count = MostRuns.max(2 * threads.inter.max(Runtime.getRuntime.availableProcessors))
      // The runtime does not accept two sizes for one pool name, so the name has the size.
      session(threads) ++
        bytes(12, field(1, count.toLong) ++ bytes(2, s"tfpredict-$count".getBytes(US_ASCII)))
    }

  /** A RunOptions with timeout_in_ms. A value of 0 means no limit. */
  def run(timeout: Long): Array[Byte] = field(2, timeout.min(MostMillis))

  private val NoMemoryOptimization = 1L

  // Waiting threads cost little, and there may be more tasks than cores.
  private val MostRuns = 32

  // One year. The runtime counts in nanoseconds, and a larger number would overflow.
  private val MostMillis = 365 * 86400000L

  /** A RunOptions without an inter_op_thread_pool: the caller's thread runs all ops. */
  val inThisThread: Array[Byte] = field(3, -1)

  private def field(number: Int, value: Long): Array[Byte] =
    (number << 3).toByte +: varint(value)

  private def bytes(number: Int, value: Array[Byte]): Array[Byte] =
    ((number << 3 | 2).toByte +: varint(value.length.toLong)) ++ value

  private def varint(value: Long): Array[Byte] =
    if ((value & ~0x7fL) == 0) Array(value.toByte)
    else ((value & 0x7f) | 0x80).toByte +: varint(value >>> 7)
}
