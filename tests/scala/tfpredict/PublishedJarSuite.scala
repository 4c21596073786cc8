package tfpredict

import java.util.jar.JarFile

import scala.collection.JavaConverters._
import scala.xml.{Elem, XML}

import org.apache.commons.io.IOUtils
import org.scalatest.funsuite.AnyFunSuite

/** The published artifacts: a jar, and a POM with its dependencies. */
class PublishedJarSuite extends AnyFunSuite {

  private lazy val entries: Seq[String] = {
    val jar = new JarFile(sys.props("tfpredict.published.jar"))
    try jar.entries.asScala.map(_.getName).filterNot(_.endsWith("/")).toList
    finally jar.close()
  }

  private lazy val pom: Elem = XML.loadFile(sys.props("tfpredict.published.pom"))

  test("the jar holds this project's code and TensorFlow's protobuf renamed, nothing else") {
    for (
      wanted <- Seq(
        "tfpredict/Tfpredict.class",
        "tfpredict/shaded/protobuf/Message.class",
        "tfpredict/shaded/tensorflow/framework/GraphDef.class",
        "META-INF/licenses/protobuf.txt",
        "META-INF/services/org.apache.spark.sql.SparkSessionExtensionsProvider"
      )
    )
      assert(entries.contains(wanted))
    // Some packages have Spark's name, to access classes that are private to Spark.
    val elsewhere =
      entries.filterNot(
        _.matches("(tfpredict|META-INF|org/apache/spark/(ui/|sql/(connect/)?)?tfpredict)/.*")
      )
    assert(elsewhere == Nil)
  }

  test("no class in it refers to a protobuf class outside it") {
    val jar = new JarFile(sys.props("tfpredict.published.jar"))
    try {
      val found = entries.filter(_.endsWith(".class")).filter { name =>
        val stream = jar.getInputStream(jar.getEntry(name))
        // One character per byte, since names are ASCII.
        val text =
          try IOUtils.toString(stream, "ISO-8859-1")
          finally stream.close()
        text.contains("com/google/protobuf/") || text.contains("org/tensorflow/framework/")
      }
      assert(found == Nil)
    } finally jar.close()
  }

  test("the POM names TensorFlow, and Spark as provided, and no more") {
    val found = (pom \ "dependencies" \ "dependency").map { dependency =>
      val Seq(group, artifact, version, scope) =
        Seq("groupId", "artifactId", "version", "scope").map(dependency \ _).map(_.text)
      (s"$group:$artifact:$version", scope)
    }
    val spark = BuildInfo.sparkVersion
    val scala = BuildInfo.scalaVersion.split('.').take(2).mkString(".")
    assert(
      found.toMap == Map(
        s"org.apache.spark:spark-sql_$scala:$spark" -> "provided",
        s"org.apache.spark:spark-mllib_$scala:$spark" -> "provided",
        "org.tensorflow:tensorflow:1.15.0" -> ""
      )
    )
  }

  test("the POM has a description and a licence") {
    assert((pom \ "groupId").text == "io.github.tfpredict")
    val name = if (BuildInfo.sparkVersion.startsWith("3.")) "spark3.5_2.12" else "spark4_2.13"
    assert((pom \ "artifactId").text == s"tfpredict-$name")
    assert((pom \ "version").text == BuildInfo.version)
    assert(
      (pom \ "licenses" \ "license" \ "url").text == "https://www.apache.org/licenses/LICENSE-2.0.txt"
    )
    assert((pom \ "description").text == "A TensorFlow SavedModel becomes a Spark function.")
  }
}
