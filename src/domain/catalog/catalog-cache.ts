import type { Db } from '../../platform/db/database.ts';
import type { Cached, NotifiedCaches } from '../../platform/db/notified-caches.ts';
import { loadCatalog } from './category-queries.ts';
import type { Catalog } from './category.ts';

export type CatalogCache = Cached<Catalog>;

/** The categories, kept in the process: every page names them. */
export const keepCatalog = (caches: NotifiedCaches, db: Db): CatalogCache =>
  caches.add('catalog_changed', () => loadCatalog(db));
