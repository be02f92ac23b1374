// Passkeys: asks the site what to sign, lets the browser sign it, and posts that with the form it stands in.
const own = window.PublicKeyCredential;

const steps = {
  create: async (options) =>
    navigator.credentials.create({ publicKey: own.parseCreationOptionsFromJSON(options) }),
  get: async (options) =>
    navigator.credentials.get({ publicKey: own.parseRequestOptionsFromJSON(options) }),
};

async function sign(form) {
  const asked = await fetch(form.dataset.begin, { method: "POST", redirect: "error" });
  if (!asked.ok) throw new Error(`refused: ${asked.status}`);
  const credential = await steps[form.dataset.passkey](await asked.json());
  form.elements.credential.value = JSON.stringify(credential.toJSON());
  form.submit();
}

if (own?.parseCreationOptionsFromJSON && own.parseRequestOptionsFromJSON) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const place = form.closest("[data-passkey-place]");
    const failed = place.querySelector("[data-passkey-failed]");
    const button = form.querySelector("button");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      failed.hidden = true;
      button.disabled = true;
      try {
        await sign(form);
      } catch {
        failed.hidden = false;
      }
      button.disabled = false;
    });
    place.hidden = false;
  }
  for (const without of document.querySelectorAll("[data-passkey-without]")) without.hidden = true;
}
