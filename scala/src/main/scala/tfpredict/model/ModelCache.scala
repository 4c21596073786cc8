package tfpredict.model

import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.{CompletableFuture, CompletionException, ConcurrentHashMap}

import scala.collection.JavaConverters._

import org.slf4j.LoggerFactory

import tfpredict.counts.ModelCounts
import tfpredict.engine.Engine
import tfpredict.host.Stopped
import tfpredict.messages.OneLine
import tfpredict.{ModelSpec, Settings}

/**
 * One copy of a model for a JVM, loaded on first use: what takes the place of broadcasting a
 * bundle. All locking is here.
 *
 * Invariants: any number of first calls at once are one load. A failed load is not remembered, and
 * all who waited for it see its first cause, unless it is that the task which was loading is
 * killed: then another of them loads. A model is closed only when nobody holds a lease on it, and
 * then only if the settings allow no more of them, the one used longest ago first, or if a later
 * version took its place where the latest is asked for.
 *
 * @param loader
 *   loads a model, and verifies it where the settings say so
 * @param verifier
 *   verifies a model that is loaded, unless that is done: where the settings want it, nobody gets a
 *   lease on one that is not
 */
final private[tfpredict] class ModelCache(
    loader: (ModelSpec, Settings) => LoadedModel,
    verifier: (ModelSpec, Settings, LoadedModel) => Unit = (_, _, _) => ()
) {
  import ModelCache._

  private val entries = new ConcurrentHashMap[Key, Entry]
  private val log = LoggerFactory.getLogger(getClass)
  private val rooms = new Object
  private val counts = new ConcurrentHashMap[Key, Integer]

  /** Waits until the model is loaded, and keeps it so until the lease is closed. */
  def acquire(spec: ModelSpec, settings: Settings = Settings.default): Lease = {
    val key = keyOf(spec, settings)
    val mine = new Entry(spec.latest)
    val entry = entries.compute(
      key,
      (_, present) => {
        val used = if (present == null) mine else present
        used.users += 1
        used
      }
    )
    if (entry eq mine) {
      // A version that did not load takes no other's place.
      if (load(spec, settings, key, entry) && spec.latest) retireBefore(key)
      makeRoom(settings)
    }
    def onClose(): Unit = {
      release(key, entry)
      makeRoom(settings)
    }
    try {
      val lease = new Lease(entry.model.join(), isLoadedHere = entry eq mine, () => onClose())
      if (settings.verifyOnLoad) verify(spec, settings, lease)
      lease
    } catch {
      // The task that was loading it was killed, and this one was not.
      case failed: CompletionException if Stopped.is(failed) && !(entry eq mine) =>
        acquire(spec, settings)
      case failed: CompletionException => throw failed.getCause
    }
  }

  // A model that was loaded without is verified by the first who asks for it.
  private def verify(spec: ModelSpec, settings: Settings, lease: Lease): Unit =
    try verifier(spec, settings, lease.model)
    catch {
      case refused: Throwable =>
        onLoadFailed(spec, refused)
        lease.close()
        throw refused
    }

  /** Closes what nobody uses; what is in use is closed by its last user. */
  def clear(): Unit = entries.keySet.asScala.toSeq.foreach { key =>
    entries.computeIfPresent(
      key,
      (_, entry) => {
        drop(key, entry)
        null
      }
    )
  }

  // Called inside the map's operation on the key, which forgets the entry.
  private def drop(key: Key, entry: Entry): Unit =
    if (entry.users == 0) unload(key, entry) else entry.isDropped = true

  private def unload(key: Key, entry: Entry): Unit = {
    entry.model.join().close()
    ModelCounts.of(key.path, key.version).onClosed()
  }

  /** Leases that are open. */
  def users: Int = entries.values.asScala.map(_.users).sum

  /** What can be used without loading. */
  def loaded: Seq[Key] =
    entries.asScala.toSeq.collect { case (key, entry) if entry.isLoaded => key }

  /** How many times each model has been loaded in this JVM. */
  def loads: Map[Key, Int] = counts.asScala.mapValues(_.intValue).toMap

  /* Outside the map's own lock: a load takes seconds, and other models must not wait for it. Says
   * whether it succeeded. */
  private def load(spec: ModelSpec, settings: Settings, key: Key, entry: Entry): Boolean =
    try {
      val model = loader(spec, settings)
      counts.merge(key, 1, (before, one) => before + one)
      ModelCounts.of(spec).onLoaded(model.times.bringing, model.times.loading)
      entry.model.complete(model)
      true
    } catch {
      /* Whatever it is: nobody may wait for ever on a load that ended. The caller meets it at
       * `join`. */
      case failed: Throwable =>
        onLoadFailed(spec, failed)
        entries.remove(key, entry)
        entry.model.completeExceptionally(failed)
        false
    }

  // A killed task says nothing of its model.
  private def onLoadFailed(spec: ModelSpec, failed: Throwable): Unit =
    if (!Stopped.is(failed)) ModelCounts.of(spec).onLoadFailed()

  // What was loaded as the latest version, and is not any more: nobody will ask for it again.
  private def retireBefore(key: Key): Unit =
    for (older <- entries.keySet.asScala.toSeq if older.isBefore(key))
      entries.computeIfPresent(
        older,
        (_, entry) =>
          if (!entry.isLatest || !entry.isLoaded) entry
          else {
            log.info(OneLine.of(s"$key takes the place of $older"))
            drop(older, entry)
            null
          }
      )

  /* Only what is idle goes, so that there can be more than the settings say while all are in use. */
  private def makeRoom(settings: Settings): Unit = rooms.synchronized {
    val loaded = entries.asScala.toSeq.filter { case (_, entry) => entry.isLoaded }
    val idle = loaded.filter(_._2.users == 0).sortBy(_._2.lastUsed)
    var models = loaded.size
    var bytes = loaded.map(_._2.model.join().bytes).sum
    for ((key, entry) <- idle if models > settings.memoryModels || bytes > settings.memoryBytes)
      if (close(key, entry)) {
        models -= 1
        bytes -= entry.model.join().bytes
      }
  }

  // Whether it was still idle.
  private def close(key: Key, entry: Entry): Boolean = {
    var isClosed = false
    entries.computeIfPresent(
      key,
      (_, present) =>
        if ((present eq entry) && entry.users == 0) {
          unload(key, entry)
          log.info("Closed {}, which was used longest ago", OneLine.of(key.toString))
          isClosed = true
          null
        } else present
    )
    isClosed
  }

  private def release(key: Key, entry: Entry): Unit = {
    var isLast = false
    entries.compute(
      key,
      (_, present) => {
        entry.users -= 1
        entry.lastUsed = System.nanoTime
        isLast = entry.isDropped && entry.users == 0
        present
      }
    )
    if (isLast) unload(key, entry)
  }
}

private[tfpredict] object ModelCache {

  /** The JVM's own. */
  lazy val shared: ModelCache =
    new ModelCache(new ModelLoader(Engine.installed).load, ModelVerifier.ensure)

  /**
   * What tells one loaded model from another; its signatures share the copy.
   *
   * @param allowedOps
   *   decides which signatures are in the copy
   */
  final case class Key(
      path: String,
      version: Option[Long],
      tags: Set[String],
      fingerprint: Option[String],
      allowedOps: Set[String] = Set.empty
  ) {

    /** Whether this is an earlier version of the same. */
    def isBefore(other: Key): Boolean =
      path == other.path && tags == other.tags && allowedOps == other.allowedOps &&
        version.exists(mine => other.version.exists(mine < _))
  }

  /**
   * The right to use a model; closing it more than once does nothing more.
   *
   * @param isLoadedHere
   *   whether it was this lease for which the model was loaded
   */
  final class Lease(
      val model: LoadedModel,
      val isLoadedHere: Boolean,
      onClose: () => Unit
  ) extends AutoCloseable {
    private val isOpen = new AtomicBoolean(true)

    override def close(): Unit = if (isOpen.getAndSet(false)) onClose()
  }

  /** Its variables are touched only inside the map's atomic operations on its key. */
  private class Entry(val isLatest: Boolean) {
    val model = new CompletableFuture[LoadedModel]
    var users = 0
    @volatile var lastUsed = System.nanoTime
    var isDropped = false

    def isLoaded: Boolean = model.isDone && !model.isCompletedExceptionally
  }

  private def keyOf(spec: ModelSpec, settings: Settings): Key =
    Key(spec.path, spec.version, spec.tags, spec.fingerprint, settings.allowedOps)
}
