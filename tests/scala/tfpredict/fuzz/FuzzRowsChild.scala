package tfpredict.fuzz

import scala.io.Source

import tfpredict.model.ModelCache
import tfpredict.savedmodel.fuzz.FuzzChild

/**
 * A process that its rows may crash. It reads names of cases from standard input, and prints each
 * outcome on one line.
 */
object FuzzRowsChild {

  def main(args: Array[String]): Unit = {
    println(s"\n${FuzzChild.Mark}ready")
    var model: FuzzedModel = null
    Source.stdin.getLines().foreach { line =>
      val named = RowCase.parse(line)
      val told =
        try {
          if (model == null || model.name != named.model) {
            if (model != null) model.close()
            ModelCache.shared.clear()
            model = null
            model = new FuzzedModel(named.model)
          }
          model.run(named).line
        } catch {
          case failed: Throwable =>
            RowsOutcome.failed(0, failed).wrong(s"does not answer its good rows: $failed").line
        }
      val out = s"\n${FuzzChild.Mark}$told\n".getBytes("UTF-8")
      System.out.write(out, 0, out.length)
      System.out.flush()
    }
  }
}
