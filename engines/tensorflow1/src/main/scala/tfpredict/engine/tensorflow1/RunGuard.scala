package tfpredict.engine.tensorflow1

import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicInteger

import org.tensorflow.{DataType, Graph, Operation, Output, Session, Shape, Tensor}

import tfpredict.engine.{CancelWatch, EngineException, Fault}

/**
 * Cancels single runs of a function. TensorFlow Java has no call for that. Closing the session does
 * not help: it waits for the runs, and other tasks use it too.
 *
 * The guard adds nodes to the function's graph. There is a fixed number of slots, with one queue
 * per slot. Each run takes a slot and is fed the slot's number. The run dequeues from the slot's
 * queue, and needs no thread to wait. Its last step enqueues `true`, so the dequeue ends too.
 *
 * To cancel a run, a second, small run enqueues `false`. An assertion then fails, and the runtime
 * ends the run with all its loops. The slot's number is data, so the runs of all slots share one
 * executor.
 *
 * Invariant: the queue of a free slot is empty.
 *
 * @param outputs
 *   the tensors that the function's runs fetch
 */
final private[tensorflow1] class RunGuard(graph: Graph, session: Session, outputs: Seq[Output[_]]) {
  import RunGuard._

  private val prefix =
    Iterator.continually(s"tfpredict_guard_${count.incrementAndGet()}")
      .find(name => graph.operation(s"$name/slot") == null)
      .get

  private val slot = op("Placeholder", "slot")(
    _.setAttr("dtype", DataType.INT32).setAttr("shape", Shape.scalar())
  ).output[Integer](0)

  private val queue = {
    // The queues wait for the slot's number. Otherwise each one would be a start node of the run.
    val queues = (0 until Slots).map { number =>
      op("FIFOQueueV2", s"queue_$number")(
        _.addControlInput(slot.op)
          .setAttr("component_types", Array(DataType.BOOL))
          .setAttr("capacity", 2L)
          .setAttr("shared_name", s"$prefix/queue_$number")
      ).output[Any](0)
    }
    val all = op("Pack", "queues")(_.addInputList(queues.toArray)).output[Any](0)
    op("GatherV2", "queue")(
      _.addInput(all).addInput(slot).addInput(constant("axis", DataType.INT32, Int.box(0)))
    ).output[Any](0)
  }

  private val dequeue = op("QueueDequeueV2", "dequeue")(
    _.addInput(queue).setAttr("component_types", Array(DataType.BOOL))
  )

  private val goesOn = {
    val words = constant("cancelled", DataType.STRING, "cancelled".getBytes("UTF-8"))
    op("Assert", "goes_on")(_.addInput(dequeue.output(0)).addInputList(Array(words)))
  }

  private val end = enqueue("end", isLast = true, value = true)
  private val cancel = enqueue("cancel", isLast = false, value = false)
  private val size = op("QueueSizeV2", "size")(_.addInput(queue)).output[Integer](0)

  private val free = new ConcurrentLinkedQueue[Slot]
  (0 until Slots).foreach(number => free.add(new Slot(number)))

  /**
   * Runs the function in a slot, or without a slot if all are taken.
   *
   * @param isCancelled
   *   whether to end the run; another thread calls it twice a second
   * @param run
   *   prepares and runs the function
   * @throws EngineException
   *   if `run` throws it, or if the run was cancelled
   */
  def guarded[A](isCancelled: () => Boolean)(run: Option[Slot] => A): A =
    Option(free.poll()) match {
      case None => run(None)
      case Some(taken) =>
        try taken.guarded(isCancelled)(run(Some(taken)))
        finally free.add(taken)
    }

  /** A place for one run at a time. */
  final class Slot private[RunGuard] (number: Int) {
    private var isRunning = false
    private var isCancelled = false

    /** The tensor to feed to the run. The caller closes it. */
    def tensor(): Tensor[_] = Tensor.create(number)

    /** Adds the guard's nodes to the run. The tensor must stay open until the run ends. */
    def add(runner: Session#Runner, tensor: Tensor[_]): Unit = {
      runner.feed(slot, tensor).addTarget(goesOn).addTarget(end)
      ()
    }

    private[RunGuard] def guarded[A](shouldEnd: () => Boolean)(run: => A): A = {
      val watched = new CancelWatch.Watched(shouldEnd, () => cancelRun())
      var isEmpty = false
      synchronized {
        isRunning = true
        isCancelled = false
      }
      CancelWatch.add(watched)
      try {
        val found = run
        isEmpty = true
        found
      } catch {
        case failed: EngineException if synchronized(isCancelled) =>
          throw new EngineException(Fault.Cancelled, "a task that was cancelled", failed)
      } finally {
        CancelWatch.remove(watched)
        // `cancelRun` takes the same lock. It has either finished, or finds that the run has ended.
        synchronized {
          isRunning = false
          if (isCancelled || !isEmpty) drain()
        }
      }
    }

    private def cancelRun(): Unit = synchronized {
      if (isRunning && !isCancelled) {
        isCancelled = true
        apart(_.addTarget(RunGuard.this.cancel))
        ()
      }
    }

    private def drain(): Unit = while (sizeNow() > 0) apart(_.addTarget(dequeue))

    private def sizeNow(): Int = {
      val found = apart(_.fetch(size)).get(0)
      try found.intValue
      finally found.close()
    }

    // In this thread, since endless runs may hold all of the runtime's threads.
    private def apart(what: Session#Runner => Session#Runner): java.util.List[Tensor[_]] = {
      val fed = tensor()
      try
        what(session.runner().feed(RunGuard.this.slot, fed)).setOptions(TfJavaOptions.inThisThread)
          .run()
      finally fed.close()
    }
  }

  private def op(kind: String, name: String)(
      build: org.tensorflow.OperationBuilder => org.tensorflow.OperationBuilder
  ): Operation = build(graph.opBuilder(kind, s"$prefix/$name")).build()

  private def constant(name: String, dtype: DataType, value: Any): Output[_] = {
    val tensor = Tensor.create(value)
    try
      op("Const", name)(_.setAttr("dtype", dtype).setAttr("value", tensor)).output[Any](0)
    finally tensor.close()
  }

  private def enqueue(name: String, isLast: Boolean, value: Boolean): Operation =
    op("QueueEnqueueV2", name) { builder =>
      builder
        .addInput(queue)
        .addInputList(Array(constant(s"${name}_value", DataType.BOOL, Boolean.box(value))))
      if (isLast) outputs.map(_.op).distinct.foreach(builder.addControlInput)
      builder
    }
}

private[tensorflow1] object RunGuard {

  /** Maximum number of cancellable runs of a function at the same time. */
  val Slots = 32

  private val count = new AtomicInteger
}
