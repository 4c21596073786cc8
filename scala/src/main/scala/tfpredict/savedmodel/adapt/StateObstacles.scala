package tfpredict.savedmodel.adapt

import org.tensorflow.framework.{NodeDef, SignatureDef}

import tfpredict.messages.ErrorClass
import tfpredict.{ModelSpec, UnsupportedModelException}

/** Obstacles in the states that a signature's outputs depend on; see [[SignatureState]]. */
private[savedmodel] object StateObstacles {

  /** What was found, and the fix. */
  def of(
      serving: ServingGraph,
      signature: SignatureDef,
      outputs: Seq[String]
  ): Seq[(String, String)] = {
    val state = new SignatureState(serving, signature, outputs)
    def at(node: NodeDef, function: Option[String], does: String): String = {
      val layer = serving.layer(node, function)
      Obstacle(
        node,
        function,
        layer,
        s"op ${node.getOp}, which $does,",
        isForbidden = false
      ).toString
    }
    val writes = state.writes.map { case (node, function) =>
      (
        at(node, function, "writes a state that an output depends on"),
        "Export a function that changes no variable, such as the layer without stateful=True."
      )
    }
    val iterators = state.iterators.map { case (node, function) =>
      (
        at(node, function, "uses an iterator that is not the run's own"),
        "Make the iterator's elements an input of the signature. For the function's own dataset, use " +
          "its reduce, or tf.map_fn."
      )
    }
    val inplace = state.inplace.map { case (node, function) =>
      (
        at(node, function, "writes into a constant or a variable, which the next run finds"),
        "Export a function that writes into a copy: with tf.tensor_scatter_nd_update or " +
          "tf.tensor_scatter_nd_add, or in TensorFlow 1 with tf.tensor_scatter_update."
      )
    }
    val unfed = state.unfed.map { node =>
      (
        s"placeholder ${node.getName}, which an output needs and the signature does not feed",
        "Export it as an input of the signature or with a default, or choose other outputs."
      )
    }
    val empty = state.empty.map { table =>
      (
        s"table ${table.getName}, which an output reads and nothing fills",
        "Export the model with its tables' initializers: keep each table as an attribute of the saved " +
          "module, or in TensorFlow 1 pass main_op=tf.compat.v1.tables_initializer()."
      )
    }
    writes ++ inplace ++ iterators ++ unfed ++ empty
  }

  def check(model: ModelSpec, serving: ServingGraph, signature: SignatureDef): Unit =
    of(serving, signature, model.outputs).headOption.foreach { case (found, fix) =>
      throw new UnsupportedModelException(
        ErrorClass.ModelState,
        model.label,
        "outputs that depend only on the inputs and the restored variables",
        found,
        fix
      )
    }
}
