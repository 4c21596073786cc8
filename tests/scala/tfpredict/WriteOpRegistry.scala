package tfpredict

import java.nio.file.{Files, Paths}

import org.tensorflow.TensorFlow

/**
 * Writes the runtime's own op list to its place in the build: `sbtw "Test/runMain
 * tfpredict.WriteOpRegistry"`.
 */
object WriteOpRegistry {
  def main(args: Array[String]): Unit =
    Files.write(
      Paths.get("engines/tensorflow1/src/main/resources/tfpredict/ops-1.15.0.pb"),
      TensorFlow.registeredOpList()
    )
}
