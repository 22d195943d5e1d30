import { bindReload } from './reload.js';

bindReload(document);
