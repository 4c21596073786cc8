package tfpredict

import java.nio.charset.StandardCharsets
import java.nio.file.{Files, Path, Paths}

import scala.collection.JavaConverters._

import org.scalatest.funsuite.AnyFunSuite

/** Checks the import rules between rooms on the import lines. */
class ImportRulesSuite extends AnyFunSuite {

  // From the outermost room to the innermost. A room imports only from rooms further down.
  private val rooms = Seq(
    Set("connect", "metrics"), // what only Spark's own settings name
    Set("examples", "python"),
    Set("ml"), // a stage of a pipeline is a call in SQL
    Set("sql", "rdd", "diagnostics"),
    Set("batch", "versions"),
    Set("model"),
    Set("savedmodel.draw"),
    Set("savedmodel.adapt", "savedmodel.adapt.rules"), // these two may import each other
    Set("savedmodel.store"),
    Set("savedmodel.format"),
    Set("engine.tensorflow1"),
    Set("engine"),
    Set("columns", "host"),
    Set("options", "counts"),
    Set("tensor"),
    Set("messages")
  )

  // Root files that are entry points. The other root files are values, which import only the
  // innermost rooms.
  private val doors = Set("Tfpredict", "functions", "LocalModel")
  private val innermost = Set("options", "tensor", "messages")

  private case class Source(room: String, name: String, text: String, imports: Seq[String])

  private val sources: Seq[Source] =
    Seq(
      "scala/src/main/scala",
      "scala/src/main/scala-spark-3",
      "scala/src/main/scala-spark-4",
      "engines/tensorflow1/src/main/scala"
    ).map(_ + "/tfpredict").flatMap {
      folder =>
        val root = Paths.get(folder)
        val walk = Files.walk(root)
        try walk.iterator.asScala.filter(_.toString.endsWith(".scala")).map(source(root, _)).toList
        finally walk.close()
    }

  private def source(root: Path, file: Path): Source = {
    val lines = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\n")
    val place = root.relativize(file)
    val room = Option(place.getParent).fold("")(_.toString.replace('/', '.'))
    // All qualified names in the code, except in comments: an import may also be written inline.
    val code = lines.filterNot(line =>
      line.trim.startsWith("*") || line.trim.startsWith("/")
    ).mkString("\n").replaceAll("\"[^\"\n]*\"", "\"\"")
    val names =
      """(?:org\.tensorflow|org\.apache\.spark|com\.google\.protobuf|tfpredict)\.[\w.]*\{?[^\n]*""".r
    Source(
      room,
      file.getFileName.toString.stripSuffix(".scala"),
      lines.mkString("\n"),
      names.findAllIn(code).toSeq
    )
  }

  private def level(room: String): Int = rooms.indexWhere(_.contains(room))

  // The room of a qualified name, or none for a name in the root.
  private def roomOf(imported: String): Option[String] =
    """^tfpredict((?:\.[a-z]\w*)+)\.""".r
      .findFirstMatchIn(imported)
      .map(_.group(1).drop(1))
      .filter(level(_) >= 0)

  private def isTogether(rooms: String*): Boolean =
    rooms.forall(_.startsWith("savedmodel.adapt"))

  test("every room is known, and the rules see files in each") {
    val unknown = sources.map(_.room).toSet - "" -- rooms.flatten
    assert(unknown.isEmpty)
    val seen = sources.map(_.room).toSet
    assert(rooms.flatten.toSet == seen - "")
  }

  test("rooms import only to the right") {
    val wrong = for {
      source <- sources
      imported <- source.imports
      room <- roomOf(imported).toSeq if room != source.room
      isAllowed =
        if (source.room.isEmpty) doors.contains(source.name) || innermost(room)
        else level(room) > level(source.room) || isTogether(room, source.room)
      if !isAllowed
    } yield s"${source.room}/${source.name} imports $imported"
    assert(wrong.isEmpty)
  }

  test("only examples and python use the doors") {
    val users = Set("", "examples", "python")
    val wrong = for {
      source <- sources if !users(source.room)
      imported <- source.imports
      door <- doors if imported.matches(s"tfpredict\\.(.*\\W)?$door\\b.*")
    } yield s"${source.room}/${source.name} imports $door"
    assert(wrong.isEmpty)
  }

  test("the runtime is used by its engine only, its protobuf where graphs are read") {
    val wrong = for {
      source <- sources
      imported <- source.imports
      isProtobuf = imported.startsWith("org.tensorflow.framework") || imported.startsWith(
        "org.tensorflow.util"
      ) || imported.startsWith(
        "com.google.protobuf"
      )
      isRuntime = imported.startsWith("org.tensorflow") && !isProtobuf
      isGraphs = Seq("savedmodel", "engine").exists(source.room.startsWith)
      if isRuntime && source.room != "engine.tensorflow1" || isProtobuf && !isGraphs
    } yield s"${source.room}/${source.name} imports $imported"
    assert(wrong.isEmpty)
  }

  test("only the engine's own build names its version") {
    val wrong = sources.filter(_.room != "engine.tensorflow1").filter(_.text.contains("1.15"))
    assert(wrong.map(source => s"${source.room}/${source.name}").isEmpty)
  }

  test("Spark Connect is used in connect only") {
    val wrong = for {
      source <- sources if source.room != "connect"
      imported <- source.imports
      if imported.matches("org\\.apache\\.spark\\.(sql\\.)?connect\\b.*")
    } yield s"${source.room}/${source.name} imports $imported"
    assert(wrong.isEmpty)
  }

  test("Catalyst is used in sql, and where a row or a plugin of Spark's has it") {
    val readers = Set("InternalRowReader", "RowWriter", "ResultRow", "ResultField")
    val isPlugin = (source: Source) => source.room == "connect" && source.name == "PredictPlugin"
    val wrong = for {
      source <- sources
      imported <- source.imports
      if imported.startsWith("org.apache.spark.sql.catalyst")
      if source.room != "sql" && !isPlugin(source)
      if !(source.room == "columns" && readers.contains(source.name))
    } yield s"${source.room}/${source.name} imports $imported"
    assert(wrong.isEmpty)
  }
}
