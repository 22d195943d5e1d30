import { all, find } from './dom.js';

/** So long after the last key the search is asked. */
const PAUSE_MS = 150;
const LEAST_LETTERS = 2;

/**
 * The search that is always in view: what it finds stands beneath it as one types, arrows choose, Escape closes. `/`
 * leads to it from anywhere.
 * @param {Document} root
 */
export function bindFinder(root) {
  const finder = find(root, '[data-finder]', HTMLElement);
  const input = finder && find(finder, 'input[type=search]', HTMLInputElement);
  if (!finder || !input) return;
  root.addEventListener('keydown', (event) => {
    const { target } = event;
    const typing = target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
    if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
  bindPanel(finder, input);
}

/**
 * @param {HTMLElement} finder
 * @param {HTMLInputElement} input
 */
function bindPanel(finder, input) {
  const panel = document.createElement('div');
  panel.className = 'finder-panel';
  panel.id = 'finder-panel';
  panel.hidden = true;
  panel.setAttribute('role', 'listbox');
  panel.setAttribute('aria-label', input.getAttribute('aria-label') ?? '');
  finder.append(panel);
  const set = (/** @type {Record<string, string>} */ attributes) => {
    for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
  };
  set({ role: 'combobox', 'aria-controls': panel.id, 'aria-expanded': 'false', 'aria-autocomplete': 'list' });

  const hits = () => all(panel, 'a.hit', HTMLAnchorElement);
  const close = () => {
    panel.hidden = true;
    set({ 'aria-expanded': 'false' });
    input.removeAttribute('aria-activedescendant');
  };
  const choose = (/** @type {HTMLAnchorElement | undefined} */ chosen) => {
    for (const hit of hits()) hit.setAttribute('aria-selected', String(hit === chosen));
    if (!chosen) return input.removeAttribute('aria-activedescendant');
    set({ 'aria-activedescendant': chosen.id });
    chosen.scrollIntoView({ block: 'nearest' });
  };
  const chosen = () => hits().find((hit) => hit.getAttribute('aria-selected') === 'true');

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {AbortController | undefined} */
  let running;

  const refresh = async () => {
    running?.abort();
    const text = input.value.trim();
    if (text.length < LEAST_LETTERS) return close();
    running = new AbortController();
    try {
      const address = `/staff/search?live=1&q=${encodeURIComponent(text)}`;
      const response = await fetch(address, { signal: running.signal, headers: { accept: 'text/html' } });
      if (!response.ok || response.redirected) return close();
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      const found = find(page, '#found', HTMLElement);
      if (!found) return close();
      panel.replaceChildren(...found.childNodes);
      // A listbox holds options, and nothing that is a list of its own.
      for (const list of all(panel, 'ul, li', HTMLElement)) list.setAttribute('role', 'presentation');
      for (const [index, hit] of hits().entries()) {
        hit.id = `hit-${index}`;
        hit.setAttribute('role', 'option');
        hit.setAttribute('aria-selected', 'false');
        hit.tabIndex = -1;
      }
      panel.hidden = false;
      set({ 'aria-expanded': 'true' });
    } catch {
      // Without an answer the field still leads to the page of results.
      close();
    }
  };

  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => void refresh(), PAUSE_MS);
  });
  input.addEventListener('keydown', (event) => {
    const shown = hits();
    const at = shown.indexOf(/** @type {HTMLAnchorElement} */ (chosen()));
    if (event.key === 'Escape') {
      if (panel.hidden) return;
      event.preventDefault();
      close();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (panel.hidden || shown.length === 0) return;
      event.preventDefault();
      const next = event.key === 'ArrowDown' ? at + 1 : at === -1 ? shown.length - 1 : at - 1;
      choose(shown[(next + shown.length) % shown.length]);
    } else if (event.key === 'Enter' && chosen()) {
      event.preventDefault();
      chosen()?.click();
    }
  });
  finder.addEventListener('focusout', ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && finder.contains(relatedTarget))) close();
  });
  // A press on a hit must not take the focus away before it is followed.
  panel.addEventListener('mousedown', (event) => event.preventDefault());
}
