package tfpredict.sql

import org.apache.spark.sql.catalyst.InternalRow
import org.apache.spark.sql.catalyst.expressions.codegen.{CodegenContext, ExprCode}
import org.apache.spark.sql.catalyst.expressions.{
  ExprId,
  Expression,
  LeafExpression,
  PythonUDF,
  RuntimeReplaceable,
  SubqueryExpression
}
import org.apache.spark.sql.catalyst.plans.logical.{HintInfo, LogicalPlan, OneRowRelation}
import org.apache.spark.sql.catalyst.trees.TreePattern
import org.apache.spark.sql.types.{DataType, NullType}
import org.apache.spark.util.collection.BitSet

/**
 * Prevents Spark from evaluating a call while it plans, on the driver. The driver does not load the
 * model, and the version is not resolved yet.
 *
 * Before any of our rules runs, Spark evaluates queries over local data, and conditions on
 * partition columns. It skips expressions that contain a Python UDF, since it cannot evaluate one
 * itself. So each call has a Python UDF as a child. Its kind is unknown to Spark's rules for
 * Python, and nothing ever runs it. The partition pruning of Hive tables skips only subqueries, so
 * that UDF has a subquery as a child.
 */
private[sql] object OnExecutors {
  private val NoKind = -1

  val mark: Expression = if (SparkLine.allowsPythonInLambdas) python(InAnalysis) else InAnalysis

  /** The mark of a call after Spark's rules. It leaves out the parts that only these rules need. */
  val markInPlan: Expression = python()

  def isSubquery(expression: Expression): Boolean = expression eq InOptimizer

  /**
   * The mark of a call that stays in a filter. When a scan is planned, it takes over conditions on
   * partition columns, even with a Python UDF, and evaluates them on the driver. It skips
   * nondeterministic conditions.
   */
  val markInFilter: Expression = python().copy(udfDeterministic = false)

  private def python(children: Expression*): PythonUDF =
    PythonUDF("on_executors", null, NullType, children, NoKind, udfDeterministic = true)

  /**
   * Spark replaces this by [[InOptimizer]] before any other optimization. The analyzer accepts
   * subqueries in few places only. Newer versions of Spark accept no Python UDF in a lambda.
   */
  private[sql] case object InAnalysis extends LeafExpression with RuntimeReplaceable {
    override def replacement: Expression =
      if (SparkLine.allowsPythonInLambdas) InOptimizer else python(InOptimizer)
    override def nullable: Boolean = true
  }

  /** A subquery by its class, but not for the rules that plan subqueries. */
  private[sql] case object InOptimizer
      extends SubqueryExpression(OneRowRelation(), Nil, ExprId(0), Nil, None) {
    // The rules that plan subqueries look for this pattern.
    override lazy val treePatternBits: BitSet = new BitSet(TreePattern.maxId)

    override lazy val canonicalized: Expression = this
    // Each version of Spark has a different `Unevaluable` trait.
    override def eval(row: InternalRow): Any = throw unevaluable
    override protected def doGenCode(context: CodegenContext, code: ExprCode): ExprCode =
      throw unevaluable
    private def unevaluable = new UnsupportedOperationException("a mark has no value")

    override def plan: LogicalPlan = OneRowRelation()
    override def exprId: ExprId = ExprId(0)
    override def hint: Option[HintInfo] = None
    override def dataType: DataType = NullType
    override def nullable: Boolean = true
    override def toString: String = "on_executors"
    override def withNewPlan(plan: LogicalPlan): SubqueryExpression = this
    // Newer versions of Spark call this.
    def withNewOuterAttrs(outerAttrs: Seq[Expression]): SubqueryExpression = this
    override def withNewHint(hint: Option[HintInfo]): SubqueryExpression = this
    override protected def withNewChildrenInternal(
        children: IndexedSeq[Expression]
    ): Expression = this

    // Calls that are evaluated row by row go to tasks, where a subquery cannot be deserialized.
    private def writeReplace(): AnyRef = new Sent
  }

  private class Sent extends Serializable {
    private def readResolve(): AnyRef = InOptimizer
  }
}
