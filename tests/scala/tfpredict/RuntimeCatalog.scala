package tfpredict

import tfpredict.engine.{Engine, OpCatalog}

/** What the engine can run, for tests that look at graphs. */
object RuntimeCatalog {
  implicit val catalog: OpCatalog = Engine.installed.catalog
}
