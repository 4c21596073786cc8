package tfpredict

import tfpredict.engine.{Engine, OpCatalog}

/** The installed engine's ops and kernels, for tests of graphs. */
object RuntimeCatalog {
  implicit val catalog: OpCatalog = Engine.installed.catalog
}
