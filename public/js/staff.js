import { bindFinder } from './finder.js';
import { bindReload } from './reload.js';

bindFinder(document);
bindReload(document);
