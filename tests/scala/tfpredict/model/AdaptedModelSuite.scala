package tfpredict.model

import java.nio.file.attribute.PosixFilePermissions
import java.nio.file.{Files, Path}

import scala.collection.JavaConverters._

import org.scalatest.funsuite.AnyFunSuite
import org.tensorflow.framework.{MetaGraphDef, SavedModel}
import org.tensorflow.{SavedModelBundle, Tensor}

import tfpredict.engine.tensorflow1.NativeLibraries
import tfpredict.host.AtomicFolder
import tfpredict.savedmodel.adapt.ExampleFile
import tfpredict.savedmodel.store.Checksums
import tfpredict.{
  Closeness,
  LocalModel,
  ModelLoadException,
  ModelNotFoundException,
  ModelSpec,
  OutputException,
  Settings,
  SignatureException,
  TestModels,
  Tfpredict,
  UnsupportedModelException
}

class AdaptedModelSuite extends AnyFunSuite with Closeness {

  private def target(): Path = Files.createTempDirectory("adapted-").resolve("m")

  private def adapted(name: String): Path = {
    val folder = target()
    Tfpredict.adapt(TestModels.spec(name), folder.toString)
    folder
  }

  private def read(folder: Path): SavedModel =
    SavedModel.parseFrom(Files.readAllBytes(folder.resolve("saved_model.pb")))

  /** Uses a model with plain TensorFlow alone. */
  private def plain[A](folder: Path)(body: SavedModelBundle => A): A = {
    NativeLibraries.load() // from this host's folder
    val bundle = SavedModelBundle.load(folder.toString, "serve")
    try body(bundle)
    finally bundle.close()
  }

  private def refused(spec: ModelSpec, folder: Path, overwrite: Boolean = false): String =
    intercept[OutputException](Tfpredict.adapt(spec, folder.toString, overwrite)).getMessage

  test("plain TensorFlow loads the written model, by the tensor names of the walk-through") {
    val folder = target()
    val report = Tfpredict.adapt(TestModels.spec("linear"), folder.toString)
    assert(report.folder == folder.toString)
    assert(report.spec.version.contains(1L))
    assert((report.signatures, report.leftOut) == ((Seq("serving_default"), Nil)))
    val rows = Array(Array(1.0f, 2.0f), Array(2.0f, 3.0f))
    val found = plain(folder) { bundle =>
      val x = Tensor.create(rows)
      val y = bundle.session.runner().feed("serving_default_inputs:0", x)
        .fetch("StatefulPartitionedCall:0").run().get(0)
      try y.copyTo(Array.ofDim[Float](2, 1))
      finally { y.close(); x.close() }
    }
    assertClose(found, Array(Array(3.019596f), Array(3.9878292f)))
    // This project loads it too.
    val model = LocalModel.load(ModelSpec(folder.toString))
    try assertClose(model.run(rows), found)
    finally model.close()
  }

  test("it is a complete model: plain files, one graph with the tag serve, checksums") {
    val folder = adapted("lookup")
    val walk = Files.walk(folder)
    val files =
      try walk.iterator.asScala.filterNot(Files.isDirectory(_)).toList
      finally walk.close()
    assert(files.forall(!Files.isSymbolicLink(_)))
    val names = files.map(folder.relativize(_).toString).toSet
    assert(names == Set(
      "saved_model.pb",
      "assets/words.txt",
      "variables/variables.index",
      "variables/variables.data-00000-of-00001",
      "assets.extra/tfpredict_sha256"
    ))
    val graphs = read(folder).getMetaGraphsList.asScala
    assert(graphs.map(_.getMetaInfoDef.getTagsList.asScala.toSet) == Seq(Set("serve")))
    Checksums.check(ModelSpec(folder.toString), folder)
    Files.write(folder.resolve("assets/words.txt"), Array[Byte](1))
    assertThrows[ModelLoadException](Tfpredict.adapt(ModelSpec(folder.toString), target().toString))
  }

  test("a vocabulary is found even after the folder is moved") {
    val folder = adapted("lookup")
    val moved = Files.move(folder, folder.resolveSibling("moved"))
    val signature = Tfpredict.inspect(ModelSpec(moved.toString)).signatures.head
    val feed = signature.inputs.head.tensor.tensor
    val fetch = signature.outputs.find(_.tensor.name == "index").get.tensor.tensor
    val found = plain(moved) { bundle =>
      val words = Tensor.create(Array("pear", "fig").map(_.getBytes("UTF-8")))
      val index = bundle.session.runner().feed(feed, words).fetch(fetch).run().get(0)
      try index.copyTo(new Array[Long](2))
      finally { index.close(); words.close() }
    }
    assert(found.toSeq == Seq(1L, -1L))
  }

  test("a signature that cannot run is left out, unless it is the requested one") {
    val folder = target()
    val spec = TestModels.spec("newer")
    val why = intercept[UnsupportedModelException](Tfpredict.adapt(spec, folder.toString))
    assert(why.getMessage.contains("op Spence at node"))
    assert(why.model == intercept[UnsupportedModelException](ModelDescription.of(spec)).model)
    assert(!Files.exists(folder))
    val report = Tfpredict.adapt(spec.copy(signature = "plain"), folder.toString)
    assert((report.signatures, report.leftOut) == ((Seq("plain"), Seq("serving_default"))))
    assert(
      read(folder).getMetaGraphs(0).getSignatureDefMap.keySet.asScala.filterNot(
        _.startsWith("__")
      ) ==
        Set("plain")
    )
  }

  test("a signature with a variable that nothing restores is left out") {
    val source = TestModels.bare("linear").resolve("1")
    val damaged = change(source) { graph =>
      val other = graph.getGraphDef.getNodeList.asScala.find(_.getOp == "VarHandleOp").get
      val builder = graph.toBuilder
      builder.getGraphDefBuilder.addNode(
        other.toBuilder.setName("lost").putAttr(
          "shared_name",
          other.getAttrOrThrow("shared_name").toBuilder
            .setS(com.google.protobuf.ByteString.copyFromUtf8("lost")).build()
        )
      ).addNode(
        org.tensorflow.framework.NodeDef.newBuilder().setName("value").setOp("ReadVariableOp")
          .addInput("lost").putAttr("dtype", other.getAttrOrThrow("dtype"))
      )
      val serving = builder.getSignatureDefOrThrow("serving_default")
      val output = serving.getOutputsOrThrow("outputs").toBuilder.setName("value:0").build()
      builder.putSignatureDef("lost", serving.toBuilder.putOutputs("outputs", output).build())
      builder.build()
    }
    val report = Tfpredict.adapt(ModelSpec(damaged.toString), target().toString)
    assert((report.signatures, report.leftOut) == ((Seq("serving_default"), Seq("lost"))))
  }

  private def change(folder: Path)(body: MetaGraphDef => MetaGraphDef): Path = {
    val saved = read(folder)
    val changed = saved.toBuilder.setMetaGraphs(0, body(saved.getMetaGraphs(0))).build()
    Files.write(folder.resolve("saved_model.pb"), changed.toByteArray)
    folder
  }

  test("a graph of other tags gets the tag serve") {
    val source = change(TestModels.bare("linear").resolve("1")) { graph =>
      val builder = graph.toBuilder
      builder.getMetaInfoDefBuilder.clearTags().addTags("serve").addTags("gpu")
      builder.build()
    }
    val folder = target()
    val spec = ModelSpec(source.toString)
    assertThrows[SignatureException](Tfpredict.adapt(spec, folder.toString))
    Tfpredict.adapt(spec.copy(tags = Set("serve", "gpu")), folder.toString)
    assert(read(folder).getMetaGraphs(0).getMetaInfoDef.getTagsList.asScala == Seq("serve"))
  }

  test("examples are copied, and can be replayed") {
    val folder = adapted("versions")
    assert(ExampleFile.read(ModelSpec(folder.toString), folder).map(_.signature) ==
      Seq("serving_default"))
    assert(ModelVerifier.verify(ModelSpec(folder.toString)).outputs.forall(_.difference <= 1e-5))
    val report =
      Tfpredict.adapt(TestModels.spec("versions").copy(version = Some(1L)), target().toString)
    assert(report.spec.version.contains(1L))
  }

  test("ops that reach out are refused, and allowed by the setting") {
    val reads = TestModels.spec("reads").copy(signature = "read")
    val folder = target()
    val why = intercept[UnsupportedModelException](Tfpredict.adapt(reads, folder.toString))
    assert(why.getMessage.contains("allow them by name in spark.tfpredict.ops.allowed"))
    val allowed = Settings.default.copy(allowedOps = Set("ReadFile"))
    val report = Tfpredict.adapt(reads, folder.toString, settings = allowed)
    assert(report.signatures == Seq("read"))
  }

  test(
    "a folder with other files is refused, and a SavedModel is replaced only if allowed"
  ) {
    val spec = TestModels.spec("linear")
    val folder = adapted("linear")
    val there = refused(spec, folder)
    assert(there.contains(s"Expected: a new or an empty folder $folder. "))
    assert(there.contains(
      "Found: a SavedModel there. Fix: Name another folder, or replace it with overwrite"
    ))
    Tfpredict.adapt(TestModels.spec("scores"), folder.toString, overwrite = true)
    assert(Tfpredict.inspect(ModelSpec(folder.toString)).signatures.head.inputs.size == 1)
    assert(AtomicFolder.names(folder.getParent) == Seq("m"))

    Files.createFile(folder.resolve("notes.txt"))
    assert(refused(
      spec,
      folder,
      overwrite = true
    ).contains("Found: one with notes.txt. Fix: Name another"))
    assert(refused(spec, folder.resolve("notes.txt"), overwrite = true).contains("Found: a file"))
    val link = Files.createSymbolicLink(folder.resolveSibling("link"), folder)
    assert(refused(spec, link, overwrite = true).contains("Found: a link"))
    assert(Files.exists(folder.resolve("notes.txt")))
    val empty = Files.createTempDirectory("adapted-")
    Tfpredict.adapt(spec, empty.toString)
    assert(Files.exists(empty.resolve("saved_model.pb")))
  }

  test("it is not written into the model, over the model, or to another file system") {
    val root = TestModels.copy("linear")
    val spec = ModelSpec(root.toString)
    val own = root.resolve("1")
    assert(refused(
      spec,
      own.resolve("assets/new")
    ).contains("Expected: a folder outside the model's own."))
    assert(refused(
      spec,
      own,
      overwrite = true
    ).contains("Expected: a folder outside the model's own."))
    val linked = Files.createSymbolicLink(root.resolveSibling(s"${root.getFileName}-link"), own)
    assert(refused(
      spec,
      linked.resolve("new")
    ).contains("Expected: a folder outside the model's own."))
    // The next version may be written beside it.
    Tfpredict.adapt(spec, root.resolve("2").toString)
    assert(Tfpredict.inspect(spec).spec.version.contains(2L))
    for (odd <- Seq("hdfs://nn/m", "", "file:relative", "file:///"))
      intercept[OutputException](Tfpredict.adapt(spec, odd))
    Tfpredict.adapt(spec, root.resolve("3").toUri.toString)
    assert(Files.exists(root.resolve("3/saved_model.pb")))
  }

  test("a failed write is reported, and leaves nothing") {
    val place = Files.createTempDirectory("adapted-")
    Files.createFile(place.resolve("file"))
    val why = refused(TestModels.spec("linear"), place.resolve("file/m"))
    assert(why.contains(s"Expected: a folder that this user can write, $place/file/m. Found: "))
    assert(AtomicFolder.names(place) == Seq("file"))
    assertThrows[ModelNotFoundException] {
      Tfpredict.adapt(ModelSpec("/no/such/model"), place.resolve("m").toString)
    }
    // Anyone who can read the parent folder can read the model.
    val folder = adapted("linear")
    val open = Files.createDirectory(place.resolve("open"))
    assert(
      PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)) ==
        PosixFilePermissions.toString(Files.getPosixFilePermissions(open))
    )
  }

  test("an adapted model can be adapted again, with the same results") {
    for (name <- Seq("lstm", "images", "halves", "wide_and_deep")) {
      val once = adapted(name)
      val twice = target()
      val report = Tfpredict.adapt(ModelSpec(once.toString), twice.toString)
      assert(report.leftOut.isEmpty, name)
      def tensors(folder: Path) = Tfpredict.inspect(ModelSpec(folder.toString)).signatures
        .map(signature => (signature.inputs, signature.outputs))
      assert(tensors(once) == tensors(twice), name)
    }
  }
}
