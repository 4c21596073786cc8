package tfpredict.savedmodel.adapt

import org.tensorflow.framework.{AttrValue, NodeDef}

import tfpredict.engine.OpCatalog

/** Effects and randomness of ops, based on [[OpClasses]]. */
private[savedmodel] object StatefulOps {

  private val pooling = Set("FractionalMaxPool", "FractionalAvgPool")

  /** Whether two runs on the same inputs may have different outputs. */
  def isRandom(node: NodeDef)(implicit catalog: OpCatalog): Boolean = {
    def attribute(name: String): Option[AttrValue] = Option(node.getAttrMap.get(name))
    def isSet(name: String): Boolean = attribute(name).exists(_.getB)
    def isSeeded = Seq("seed", "seed2").exists(attribute(_).exists(_.getI != 0))
    val op = node.getOp
    // Without seeds, each session draws its own.
    if (pooling(op)) !(isSet("deterministic") && isSeeded)
    // Pixels outside the image are noise.
    else if (op == "ExtractGlimpse") !attribute("noise").exists(_.getS.toStringUtf8 == "zero")
    // A sloppy dataset passes on the elements that are ready first.
    else catalog.classes.kindOf(op).contains("random") || isSet("sloppy")
  }

  // Includes ops of newer exporters, since a rule may express them.
  private val stateless = Set(
    "StatelessRandomUniform",
    "StatelessRandomUniformInt",
    "StatelessRandomNormal",
    "StatelessTruncatedNormal",
    "StatelessMultinomial",
    "StatelessRandomUniformV2",
    "StatelessRandomUniformIntV2",
    "StatelessRandomNormalV2",
    "StatelessTruncatedNormalV2",
    "StatelessRandomUniformFullInt",
    "StatelessRandomUniformFullIntV2"
  )

  /** Whether it draws numbers that only its inputs determine, by a shape and a seed. */
  def isStateless(op: String): Boolean = stateless(op)

  /** Whether it changes a state that the next run reads, except an iterator's position. */
  def isWrite(op: String)(implicit catalog: OpCatalog): Boolean =
    catalog.classes.kindOf(op).exists(writing) || op == "RngReadAndSkip"

  private val writing = Set("write", "table-write", "queue-write")
}
