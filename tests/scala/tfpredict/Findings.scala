package tfpredict

import java.nio.file.{Files, Paths}

import scala.collection.JavaConverters._

import com.fasterxml.jackson.databind.ObjectMapper

/** A suite's findings, which `make faults` reads. */
object Findings {

  /** Writes `target/NAME.json`, a list of objects. */
  def write(name: String, told: Iterable[Map[String, String]]): Unit = {
    val file = Files.createDirectories(Paths.get("target")).resolve(s"$name.json")
    val list = told.map(_.asJava).toList.asJava
    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile, list)
  }
}
