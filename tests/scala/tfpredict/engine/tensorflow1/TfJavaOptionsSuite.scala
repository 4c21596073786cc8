package tfpredict.engine.tensorflow1

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.{ConfigProto, RewriterConfig, RunOptions}

import tfpredict.Threads

class TfJavaOptionsSuite extends AnyFunSuite {

  test("a session's options are those of the protocol buffer") {
    val plain = ConfigProto.parseFrom(TfJavaOptions.session(Threads(3, 300), mayNotEnd = false))
    assert(plain.getIntraOpParallelismThreads == 3)
    assert(plain.getInterOpParallelismThreads == 300)
    assert(plain.getSessionInterOpThreadPoolCount == 0)
    val rewriting = plain.getGraphOptions.getRewriteOptions
    assert(rewriting.getMemoryOptimization == RewriterConfig.MemOptType.NO_MEM_OPT)
    val own = ConfigProto.parseFrom(TfJavaOptions.session(Threads(3, 300), mayNotEnd = true))
    assert(own.getIntraOpParallelismThreads == 3)
    assert(own.getSessionInterOpThreadPoolCount == 1)
    val pool = own.getSessionInterOpThreadPool(0)
    assert(pool.getNumThreads == 600)
    assert(pool.getGlobalName == "tfpredict-600")
  }

  test("a run's options are those of the protocol buffer") {
    for (timeout <- Seq(0L, 127L, 128L, 1800000L))
      assert(RunOptions.parseFrom(TfJavaOptions.run(timeout)).getTimeoutInMs == timeout)
    val most = RunOptions.parseFrom(TfJavaOptions.run(Long.MaxValue)).getTimeoutInMs
    assert(most == 365 * 86400000L)
    assert(RunOptions.parseFrom(TfJavaOptions.inThisThread).getInterOpThreadPool == -1)
  }
}
