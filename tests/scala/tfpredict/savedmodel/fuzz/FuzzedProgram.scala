package tfpredict.savedmodel.fuzz

/**
 * What a child runs: a program that reads lines, and answers each with one that begins with
 * [[FuzzChild.Mark]].
 *
 * @param heap
 *   its megabytes
 * @param addresses
 *   kilobytes of addresses that it may have, most of which a JVM reserves and never uses, as the
 *   fence does
 */
final case class FuzzedProgram(
    main: String,
    heap: Int,
    addresses: Int,
    options: Seq[String] = Nil
)

object FuzzedProgram {
  val ops: FuzzedProgram =
    FuzzedProgram("tfpredict.savedmodel.fuzz.FuzzChild", heap = 192, addresses = 7000000)
}
