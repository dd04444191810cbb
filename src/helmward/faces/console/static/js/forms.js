// A form that looks something up leaves out what was left empty: links that are shared stay short. The server does so, too.
export const forms = () => {
  document.addEventListener('formdata', ({ target, formData }) => {
    if (target.method !== 'get') return;
    for (const name of new Set(formData.keys())) if (formData.getAll(name).every((value) => value === '')) formData.delete(name);
  });
};
