import { all, given, one } from './dom.js';

/** So long after the last key the list is fetched. */
const PAUSE_MS = 200;

/**
 * Lists follow their filters as one types: the page is fetched and the list in it replaced.
 * @param {Document} root
 * @param {() => void} onReplaced for what has to be bound to the new list
 */
export function bindFilters(root, onReplaced) {
  for (const form of all(root, 'form[data-live]', HTMLFormElement)) bindForm(form, onReplaced);
}

/**
 * @param {HTMLFormElement} form
 * @param {() => void} onReplaced
 */
function bindForm(form, onReplaced) {
  const status = addStatus(form);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {AbortController | undefined} */
  let running;

  const refresh = async () => {
    running?.abort();
    running = new AbortController();
    const address = addressOf(form);
    try {
      const response = await fetch(address, { signal: running.signal, headers: { accept: 'text/html' } });
      if (!response.ok || response.redirected) return form.submit();
      const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
      status.textContent = replaceList(given(form, 'live'), fresh);
      replaceDownloads(fresh);
      history.replaceState(null, '', address);
      onReplaced();
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'AbortError')) form.submit();
    }
  };

  one(form, '[data-live-submit]', HTMLElement).hidden = true;
  form.addEventListener('input', () => {
    // Leaving by another form now leads back to what was typed.
    for (const here of all(document, 'input[data-here]', HTMLInputElement)) here.value = addressOf(form);
    clearTimeout(timer);
    timer = setTimeout(() => void refresh(), PAUSE_MS);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    clearTimeout(timer);
    void refresh();
  });
}

/**
 * Where a screen reader hears how many rows there are now; it outlives the list.
 * @param {HTMLFormElement} form
 */
function addStatus(form) {
  const status = document.createElement('p');
  status.className = 'visually-hidden';
  status.setAttribute('role', 'status');
  form.append(status);
  return status;
}

/**
 * What was chosen in the list stays chosen.
 * @param {string} selector
 * @param {Document} fresh
 * @returns how many rows there are now, in words
 */
function replaceList(selector, fresh) {
  const list = one(document, selector, HTMLElement);
  const chosen = new Set(all(list, 'input[type=checkbox]:checked', HTMLInputElement).map(({ value }) => value));
  const replacement = one(fresh, selector, HTMLElement);
  list.replaceWith(replacement);
  for (const box of all(replacement, 'input[type=checkbox]', HTMLInputElement)) box.checked = chosen.has(box.value);
  return one(replacement, '[data-count]', HTMLElement).textContent;
}

/** @param {Document} fresh */
function replaceDownloads(fresh) {
  const links = all(fresh, '[data-live-download]', HTMLAnchorElement);
  for (const [index, link] of all(document, '[data-live-download]', HTMLAnchorElement).entries())
    link.href = links[index]?.href ?? link.href;
}

/** @param {HTMLFormElement} form */
function addressOf(form) {
  const search = new URLSearchParams();
  for (const [name, value] of new FormData(form))
    if (typeof value === 'string' && value !== '') search.append(name, value);
  const action = form.getAttribute('action') ?? '';
  return search.size === 0 ? action : `${action}?${search}`;
}
