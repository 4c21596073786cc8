package tfpredict.model

import java.util.concurrent.atomic.{AtomicInteger, AtomicReference}
import java.util.concurrent.{CountDownLatch, Executors, TimeUnit}

import scala.collection.concurrent.TrieMap
import scala.concurrent.duration._
import scala.concurrent.{Await, ExecutionContext, Future}
import scala.util.{Failure, Success, Try}

import org.scalatest.funsuite.AnyFunSuite

import tfpredict.engine.{EngineFunction, EngineSession}
import tfpredict.tensor.Signature
import tfpredict.{Background, ModelSpec, Settings}

class ModelCacheSuite extends AnyFunSuite {
  private val signature = Signature("serving_default", Vector.empty, Vector.empty)

  /** A session that counts its `close` calls. Another suite tests loading. */
  private class Counted extends EngineSession {
    val closed = new AtomicInteger
    override def function(model: ModelSpec, signature: Signature): EngineFunction =
      _ => Vector.empty
    override def close(): Unit = { closed.incrementAndGet(); () }
  }

  private class Loading {
    val loads = new AtomicInteger
    @volatile var session = new Counted
    @volatile var failure: Option[Throwable] = None

    val cache = new ModelCache((_, _) => {
      loads.incrementAndGet()
      Thread.sleep(20)
      failure.foreach(cause => throw cause)
      session = new Counted
      new LoadedModel(session, _ => signature)
    })
  }

  private val spec = ModelSpec("/models/m", Some(1))

  /** Runs the body in 64 threads that start at once. */
  private def atOnce[A](body: Int => A): Seq[Try[A]] = {
    val pool = Executors.newFixedThreadPool(64)
    implicit val context: ExecutionContext = ExecutionContext.fromExecutorService(pool)
    val start = new CountDownLatch(1)
    try {
      // `Try` alone does not catch linkage errors, and a future that meets one never completes.
      val running = (1 to 64).map { i =>
        Future {
          start.await()
          try Success(body(i))
          catch { case failed: Throwable => Failure(failed) }
        }
      }
      start.countDown()
      running.map(Await.result(_, 60.seconds))
    } finally {
      pool.shutdown()
      assert(pool.awaitTermination(10, TimeUnit.SECONDS))
    }
  }

  test("64 first calls at once are one load") {
    val loading = new Loading
    val leases = atOnce(_ => loading.cache.acquire(spec)).map(_.get)
    assert(loading.loads.get == 1)
    assert(leases.map(_.model).distinct.size == 1)
    assert(loading.cache.loads.values.toSeq == Seq(1))
  }

  test("models differ by path, version, tags and fingerprint, not by signature") {
    val loading = new Loading
    val others = Seq(
      spec,
      spec.copy(signature = "other"),
      spec.copy(path = "/models/n"),
      spec.copy(version = None),
      spec.copy(tags = Set("train")),
      spec.copy(fingerprint = Some("0f"))
    )
    others.foreach(loading.cache.acquire(_))
    assert(loading.loads.get == 5)
  }

  test("all callers that wait for a failed load get its cause, and the next one loads again") {
    val loading = new Loading
    val cause = new UnsatisfiedLinkError("no library")
    loading.failure = Some(cause)
    val results = atOnce(_ => loading.cache.acquire(spec))
    assert(results.forall { case Failure(seen) => seen eq cause; case _ => false })
    loading.failure = None
    loading.cache.acquire(spec).close()
    assert(loading.cache.loads.values.toSeq == Seq(1))
  }

  test("if the loading task is killed, a waiting one loads the model") {
    val loading = new Loading
    val first = new AtomicReference[Thread]
    val cache = new ModelCache((_, _) => {
      if (first.compareAndSet(null, Thread.currentThread)) Thread.sleep(60000)
      new LoadedModel(loading.session, _ => signature)
    })
    val killed = Background(intercept[InterruptedException](cache.acquire(spec)))
    while (first.get == null) Thread.sleep(1)
    val others = (1 to 8).map(_ => Background(cache.acquire(spec)))
    while (cache.users < 9) Thread.sleep(1)
    first.get.interrupt()
    killed.await()
    assert(others.map(_.await().model).distinct.size == 1)
    assert(cache.loads.values.toSeq == Seq(1) && cache.users == 8)
  }

  test("a fatal error leaves nobody waiting") {
    val loading = new Loading
    loading.failure = Some(new OutOfMemoryError("pretended"))
    assert(
      atOnce(_ => intercept[OutOfMemoryError](loading.cache.acquire(spec))).forall(_.isSuccess)
    )
  }

  test("clear closes idle models at once, and others with their last lease") {
    val loading = new Loading
    loading.cache.acquire(spec).close()
    val idle = loading.session
    assert(idle.closed.get == 0)
    loading.cache.clear()
    assert(idle.closed.get == 1)

    val (first, second) = (loading.cache.acquire(spec), loading.cache.acquire(spec))
    val used = loading.session
    loading.cache.clear()
    first.close()
    first.close()
    assert(used.closed.get == 0)
    second.close()
    assert(used.closed.get == 1)

    loading.cache.acquire(spec)
    assert(loading.loads.get == 3)
  }

  test("no model is closed while in use, however threads interleave") {
    val loading = new Loading
    val wrong = new AtomicInteger
    val results = atOnce { i =>
      for (_ <- 1 to 50) {
        val lease = loading.cache.acquire(spec)
        val session = lease.model.function(spec)
        if (session.signature != signature) wrong.incrementAndGet()
        if (i == 1) loading.cache.clear()
        lease.close()
      }
    }
    assert(results.forall(_.isSuccess))
    assert(wrong.get == 0)
    loading.cache.clear()
    assert(loading.session.closed.get == 1)
  }

  /** A cache whose models have this many bytes, and their sessions by path. */
  private class Sized(bytes: Long) {
    val sessions: TrieMap[String, Counted] =
      scala.collection.concurrent.TrieMap.empty[String, Counted]
    val cache = new ModelCache((spec, _) => {
      val session = new Counted
      sessions.put(spec.path, session)
      new LoadedModel(session, _ => signature, bytes = bytes)
    })

    def use(path: String, settings: Settings): Unit =
      cache.acquire(ModelSpec(path), settings).close()

    def closed: Set[String] = sessions.toSeq.filter(_._2.closed.get > 0).map(_._1).toSet
  }

  test("beyond the limit of models the least recently used idle one is closed") {
    val sized = new Sized(1)
    val two = Settings.default.copy(memoryModels = 2)
    Seq("a", "b", "a", "c").foreach(sized.use(_, two))
    assert(sized.closed == Set("b"))
    sized.use("b", two)
    assert(sized.closed.contains("a"))
    assert(sized.cache.loads.map { case (key, count) => key.path -> count } ==
      Map("a" -> 1, "b" -> 2, "c" -> 1))
  }

  test("the same holds for the limit of bytes, and a model in use stays") {
    val sized = new Sized(100)
    val settings = Settings.default.copy(memoryBytes = 150)
    val held = sized.cache.acquire(ModelSpec("a"), settings)
    sized.use("b", settings)
    assert(sized.closed == Set("b"))
    sized.use("c", settings)
    assert(sized.closed == Set("b", "c"))
    held.close()
    assert(sized.closed == Set("b", "c"))
    sized.use("d", settings)
    assert(sized.closed == Set("a", "b", "c"))
  }

  test("a limit of 0 keeps no idle model, and closes each one once") {
    val sized = new Sized(1)
    val none = Settings.default.copy(memoryModels = 0)
    atOnce(i => sized.use(s"m${i % 4}", none)).foreach(_.get)
    assert(sized.cache.users == 0)
    assert(sized.sessions.values.forall(_.closed.get == 1))
  }

  test("the latest version retires earlier ones that were the latest too") {
    val sized = new Sized(1)
    def spec(version: Long, latest: Boolean = true) =
      ModelSpec("m", Some(version), latest = latest)
    sized.cache.acquire(spec(1, latest = false)).close()
    sized.cache.acquire(spec(2)).close()
    val held = sized.cache.acquire(spec(3))
    val third = sized.sessions("m")
    sized.cache.acquire(spec(4)).close()
    assert(sized.cache.loaded.map(_.version.get).sorted == Seq(1, 4))
    assert(third.closed.get == 0)
    held.close()
    assert(third.closed.get == 1)
    // A rollback serves too, and does not retire the later version.
    sized.cache.acquire(spec(2)).close()
    assert(sized.cache.loaded.map(_.version.get).sorted == Seq(1, 2, 4))
  }

  test("a newer version that does not load leaves the earlier one loaded") {
    val sessions = TrieMap.empty[Long, Counted]
    val cache = new ModelCache((spec, _) => {
      if (spec.version.contains(2L)) throw new IllegalStateException("damaged")
      val session = new Counted
      sessions.put(spec.version.get, session)
      new LoadedModel(session, _ => signature)
    })
    def latest(version: Long) = ModelSpec("m", Some(version), latest = true)
    cache.acquire(latest(1)).close()
    intercept[IllegalStateException](cache.acquire(latest(2)))
    assert(sessions(1L).closed.get == 0)
    assert(cache.loaded.map(_.version) == Seq(Some(1L)))
    cache.acquire(latest(1)).close()
    assert(cache.loads.values.toSeq == Seq(1))
  }

  private val strict = Settings.default.copy(verifyOnLoad = true)

  test("an unverified model is verified once for all callers that require it") {
    val verified = new AtomicInteger
    val cache = new ModelCache(
      (_, _) => new LoadedModel(new Counted, _ => signature),
      (_, _, model) =>
        model.verification.of {
          Thread.sleep(20)
          verified.incrementAndGet()
          ()
        }
    )
    cache.acquire(spec).close()
    assert(verified.get == 0)
    atOnce(_ => cache.acquire(spec, strict).close()).foreach(_.get)
    assert(verified.get == 1)
    assert(cache.loads.values.toSeq == Seq(1))
  }

  test(
    "a model that fails verification is refused only to callers that require it"
  ) {
    val verified = new AtomicInteger
    val cache = new ModelCache(
      (_, _) => new LoadedModel(new Counted, _ => signature),
      (_, _, model) =>
        model.verification.of {
          verified.incrementAndGet()
          throw new IllegalStateException("differs")
        }
    )
    val held = cache.acquire(spec)
    for (_ <- 1 to 2) intercept[IllegalStateException](cache.acquire(spec, strict))
    assert(verified.get == 2 && cache.users == 1)
    held.close()
    cache.acquire(spec).close()
    assert(cache.loads.values.toSeq == Seq(1))
  }

  test("each set of allowed ops has its own copy, since its signatures may differ") {
    val loading = new Loading
    loading.cache.acquire(spec).close()
    loading.cache.acquire(spec, Settings.default.copy(allowedOps = Set("ReadFile"))).close()
    assert(loading.loads.get == 2)
  }
}
