/** The order form shows the summary of the chosen period only; without this script all of them stand there. */
export function bindOrderForm(root) {
  const form = root.querySelector('form[data-order-form]');
  if (!form) return;
  const update = () => {
    const chosen = form.querySelector('input[name=months]:checked')?.dataset.summary;
    for (const summary of form.querySelectorAll('[data-order-summary]'))
      summary.hidden = `#${summary.id}` !== chosen;
  };
  form.addEventListener('change', update);
  update();
}
