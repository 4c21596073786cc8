package tfpredict.engine.tensorflow1

import java.nio.charset.StandardCharsets.US_ASCII

import tfpredict.Threads

/**
 * Options of TensorFlow 1.15's sessions and runs, as serialized protocol buffers, which are written
 * here since they have no place beside the runtime. The numbers are those of
 * tensorflow/core/protobuf/config.proto.
 */
private[tfpredict] object TfJavaOptions {

  /**
   * A ConfigProto: intra_op_parallelism_threads and inter_op_parallelism_threads, and
   * rewrite_options of graph_options without memory_optimization. That moves tensors of a graphics
   * card, and estimates what each op costs first, which ends the process on some shapes.
   */
  def session(threads: Threads): Array[Byte] =
    field(2, threads.intra.toLong) ++ field(5, threads.inter.toLong) ++
      bytes(10, bytes(10, field(4, NoMemoryOptimization)))

  /**
   * The same, where runs may not end, with session_inter_op_thread_pool: a pool that such models of
   * this JVM share (num_threads and global_name). A loop that never ends keeps a thread, and takes
   * none of other models' so. There are more threads than tasks, so that what would end the run
   * finds another.
   */
  def session(threads: Threads, mayNotEnd: Boolean): Array[Byte] =
    if (!mayNotEnd) session(threads)
    else {
      val count = MostRuns.max(2 * threads.inter.max(Runtime.getRuntime.availableProcessors))
      // A pool of one name has one size.
      session(threads) ++
        bytes(12, field(1, count.toLong) ++ bytes(2, s"tfpredict-$count".getBytes(US_ASCII)))
    }

  /** A RunOptions: timeout_in_ms, which is none where it is 0. */
  def run(timeout: Long): Array[Byte] = field(2, timeout.min(MostMillis))

  private val NoMemoryOptimization = 1L

  // Threads that wait cost little, and there may be more tasks than cores.
  private val MostRuns = 32

  // A year; the runtime counts in nanoseconds.
  private val MostMillis = 365 * 86400000L

  /** A RunOptions: inter_op_thread_pool, which is none, so that the caller's thread does it all. */
  val inThisThread: Array[Byte] = field(3, -1)

  private def field(number: Int, value: Long): Array[Byte] =
    (number << 3).toByte +: varint(value)

  private def bytes(number: Int, value: Array[Byte]): Array[Byte] =
    ((number << 3 | 2).toByte +: varint(value.length.toLong)) ++ value

  private def varint(value: Long): Array[Byte] =
    if ((value & ~0x7fL) == 0) Array(value.toByte)
    else ((value & 0x7f) | 0x80).toByte +: varint(value >>> 7)
}
