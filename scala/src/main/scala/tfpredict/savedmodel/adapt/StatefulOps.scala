package tfpredict.savedmodel.adapt

import org.tensorflow.framework.{AttrValue, NodeDef}

import tfpredict.engine.OpCatalog

/** What ops do beside computing their outputs from their inputs, by [[OpClasses]]. */
private[savedmodel] object StatefulOps {

  private val pooling = Set("FractionalMaxPool", "FractionalAvgPool")

  /** Whether two runs on the same inputs may give different outputs. */
  def isRandom(node: NodeDef)(implicit catalog: OpCatalog): Boolean = {
    def attribute(name: String): Option[AttrValue] = Option(node.getAttrMap.get(name))
    def isSet(name: String): Boolean = attribute(name).exists(_.getB)
    def isSeeded = Seq("seed", "seed2").exists(attribute(_).exists(_.getI != 0))
    val op = node.getOp
    // Without seeds each session has its own.
    if (pooling(op)) !(isSet("deterministic") && isSeeded)
    // What lies outside of the image is noise.
    else if (op == "ExtractGlimpse") !attribute("noise").exists(_.getS.toStringUtf8 == "zero")
    // A dataset that hands on what is ready first.
    else catalog.classes.kindOf(op).contains("random") || isSet("sloppy")
  }

  // Newer exporters' names are here too: a rule may express them.
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

  /** Whether it draws numbers that its inputs decide: how many, or for which rows, and a seed. */
  def isStateless(op: String): Boolean = stateless(op)

  /** Whether it changes a state that the next run finds, other than an iterator's place. */
  def isWrite(op: String)(implicit catalog: OpCatalog): Boolean =
    catalog.classes.kindOf(op).exists(writing) || op == "RngReadAndSkip"

  private val writing = Set("write", "table-write", "queue-write")
}
