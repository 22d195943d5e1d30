const PAUSE_MS = 200;

/** Lists follow their filters as one types: the page is fetched and the list in it replaced. */
export function bindLists(root) {
  for (const form of root.querySelectorAll('form[data-live]')) bindFilters(form);
  bindChoices(root);
}

const chosenIn = (list) => new Set([...list.querySelectorAll('input[type=checkbox]:checked')].map((box) => box.value));

/** Where a screen reader hears how many rows there are now; it outlives the list. */
function addStatus(form) {
  const status = document.createElement('p');
  status.className = 'visually-hidden';
  status.setAttribute('role', 'status');
  form.append(status);
  return status;
}

function bindFilters(form) {
  const selector = form.dataset.live;
  const status = addStatus(form);
  let timer;
  let running;

  const refresh = async () => {
    running?.abort();
    running = new AbortController();
    const address = addressOf(form);
    try {
      const response = await fetch(address, { signal: running.signal, headers: { accept: 'text/html' } });
      if (!response.ok || response.redirected) return form.submit();
      const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
      const chosen = chosenIn(document.querySelector(selector));
      document.querySelector(selector).replaceWith(fresh.querySelector(selector));
      for (const box of document.querySelectorAll(`${selector} input[type=checkbox]`))
        box.checked = chosen.has(box.value);
      status.textContent = document.querySelector(`${selector} [data-count]`).textContent;
      const downloads = fresh.querySelectorAll('[data-live-download]');
      for (const [index, link] of document.querySelectorAll('[data-live-download]').entries())
        link.href = downloads[index].href;
      history.replaceState(null, '', address);
      bindChoices(document);
    } catch (error) {
      if (error.name !== 'AbortError') form.submit();
    }
  };

  form.querySelector('[data-live-submit]').hidden = true;
  form.addEventListener('input', () => {
    // Whoever leaves by another form now comes back to what was typed.
    for (const here of document.querySelectorAll('input[data-here]')) here.value = addressOf(form);
    clearTimeout(timer);
    timer = setTimeout(refresh, PAUSE_MS);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    clearTimeout(timer);
    void refresh();
  });
}

function addressOf(form) {
  const fields = [...new FormData(form)].filter(([, value]) => value !== '');
  const search = new URLSearchParams(fields).toString();
  return search === '' ? form.getAttribute('action') : `${form.getAttribute('action')}?${search}`;
}

/** The button beneath a list wakes when something in it is chosen. */
function bindChoices(root) {
  for (const form of root.querySelectorAll('form[data-choose]')) {
    const button = form.querySelector('.choose-bar button');
    if (!button) continue;
    const update = () => {
      const chosen = form.querySelectorAll('input[name=invoice]:checked').length;
      button.disabled = chosen === 0;
      form.querySelector('[data-choose-count]').textContent = chosen > 0 ? String(chosen) : '';
    };
    form.addEventListener('change', update);
    update();
  }
}
