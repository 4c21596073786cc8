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
 * Keeps one copy of each model per JVM, loaded on first use. It replaces a broadcast of the model,
 * which cannot be serialized. All locking is in this class.
 *
 * Invariants:
 *
 *   - Any number of concurrent first calls cause one load.
 *   - A failed load is not cached. All callers that waited for it get its first cause. If the
 *     loading task was killed, another caller loads the model instead.
 *   - A model is closed only when nobody holds a lease on it. It is closed if the settings allow no
 *     more models, least recently used first. It is also closed if callers that follow the latest
 *     version have moved to a later one.
 *
 * @param loader
 *   loads a model, and verifies it if the settings say so
 * @param verifier
 *   verifies a loaded model, once. If the settings require verification, no caller gets a lease on
 *   an unverified model.
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

  /**
   * Returns a lease on a model, and loads it if necessary. The model stays loaded until the lease
   * is closed.
   */
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
      // A version that did not load replaces no other.
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
      // The loading task was killed, but this one was not.
      case failed: CompletionException if Stopped.is(failed) && !(entry eq mine) =>
        acquire(spec, settings)
      case failed: CompletionException => throw failed.getCause
    }
  }

  // If the model was loaded without verification, the first caller that requires it verifies the
  // model.
  private def verify(spec: ModelSpec, settings: Settings, lease: Lease): Unit =
    try verifier(spec, settings, lease.model)
    catch {
      case refused: Throwable =>
        onLoadFailed(spec, refused)
        lease.close()
        throw refused
    }

  /** Closes idle models. Models in use are closed when their last lease is. */
  def clear(): Unit = entries.keySet.asScala.toSeq.foreach { key =>
    entries.computeIfPresent(
      key,
      (_, entry) => {
        drop(key, entry)
        null
      }
    )
  }

  // Call this only inside the map's operation on the key, which then removes the entry.
  private def drop(key: Key, entry: Entry): Unit =
    if (entry.users == 0) unload(key, entry) else entry.isDropped = true

  private def unload(key: Key, entry: Entry): Unit = {
    entry.model.join().close()
    ModelCounts.of(key.path, key.version).onClosed()
  }

  /** Number of open leases. */
  def users: Int = entries.values.asScala.map(_.users).sum

  /** Keys of models that can be used without loading. */
  def loaded: Seq[Key] =
    entries.asScala.toSeq.collect { case (key, entry) if entry.isLoaded => key }

  /** The number of times that each model was loaded in this JVM. */
  def loads: Map[Key, Int] = counts.asScala.mapValues(_.intValue).toMap

  /* Runs outside the map's lock: a load takes seconds, and other models must not wait for it.
   * Returns whether it succeeded. */
  private def load(spec: ModelSpec, settings: Settings, key: Key, entry: Entry): Boolean =
    try {
      val model = loader(spec, settings)
      counts.merge(key, 1, (before, one) => before + one)
      ModelCounts.of(spec).onLoaded(model.times.fetching, model.times.loading)
      entry.model.complete(model)
      true
    } catch {
      /* Catches everything, so that nobody waits forever for a failed load. The caller gets the
       * failure from `join`. */
      case failed: Throwable =>
        onLoadFailed(spec, failed)
        entries.remove(key, entry)
        entry.model.completeExceptionally(failed)
        false
    }

  // A killed task says nothing about its model.
  private def onLoadFailed(spec: ModelSpec, failed: Throwable): Unit =
    if (!Stopped.is(failed)) ModelCounts.of(spec).onLoadFailed()

  // Removes earlier versions that were loaded as the latest, since nobody will request them again.
  private def retireBefore(key: Key): Unit =
    for (older <- entries.keySet.asScala.toSeq if older.isBefore(key))
      entries.computeIfPresent(
        older,
        (_, entry) =>
          if (!entry.isLatest || !entry.isLoaded) entry
          else {
            log.info(OneLine.of(s"$key now serves in place of $older"))
            drop(older, entry)
            null
          }
      )

  /* Closes idle models only. There may be more models than the settings allow while all of them are
   * in use. */
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

  // Returns whether the entry was still idle and is now closed.
  private def close(key: Key, entry: Entry): Boolean = {
    var isClosed = false
    entries.computeIfPresent(
      key,
      (_, present) =>
        if ((present eq entry) && entry.users == 0) {
          unload(key, entry)
          log.info("Closed {}, the least recently used model", OneLine.of(key.toString))
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

  /** The instance of this JVM. */
  lazy val shared: ModelCache =
    new ModelCache(new ModelLoader(Engine.installed).load, ModelVerifier.ensure)

  /**
   * The identity of a loaded model. All its signatures share the copy.
   *
   * @param allowedOps
   *   the allowed ops, which affect the signatures that the copy has
   */
  final case class Key(
      path: String,
      version: Option[Long],
      tags: Set[String],
      fingerprint: Option[String],
      allowedOps: Set[String] = Set.empty
  ) {

    /** Whether this is an earlier version of the same model. */
    def isBefore(other: Key): Boolean =
      path == other.path && tags == other.tags && allowedOps == other.allowedOps &&
        version.exists(mine => other.version.exists(mine < _))
  }

  /**
   * The right to use a model. Closing it again has no effect.
   *
   * @param isLoadedHere
   *   whether the model was loaded for this lease
   */
  final class Lease(
      val model: LoadedModel,
      val isLoadedHere: Boolean,
      onClose: () => Unit
  ) extends AutoCloseable {
    private val isOpen = new AtomicBoolean(true)

    override def close(): Unit = if (isOpen.getAndSet(false)) onClose()
  }

  /** Access the variables only inside the map's atomic operations on the key. */
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
