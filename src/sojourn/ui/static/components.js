// Mounts the published components wherever a page of an app says data-sojourn; the template tags write both.
(async () => {
  const own = document.currentScript;
  if (window.sojournComponents) return;
  window.sojournComponents = true;
  const { server, key, home } = own.dataset;

  const load = (path) => new Promise((loaded, failed) => {
    const script = document.createElement('script');
    script.src = server + path;
    script.nonce = own.nonce;
    script.dataset.clerkPublishableKey = key;
    script.dataset.clerkProxyUrl = server;
    script.onload = loaded;
    script.onerror = failed;
    document.head.append(script);
  });
  // In development the components want a browser that is known by name; in production the client cookie is enough.
  const introduce = async () => {
    if (!key.startsWith('pk_test_') || /(^|; )__clerk_db_jwt=/.test(document.cookie)) return;
    const { id } = await (await fetch(`${server}/v1/dev_browser`, { method: 'POST', credentials: 'include' })).json();
    document.cookie = `__clerk_db_jwt=${encodeURIComponent(id)}; Path=/; Max-Age=31536000; SameSite=Lax`;
  };
  // The page decides: one that has no dark scheme of its own keeps light components, whatever the device says.
  const { scheme, light, dark, localization } = window.sojournLooks;
  const device = matchMedia('(prefers-color-scheme: dark)');
  const isDarkPage = () => getComputedStyle(document.documentElement).colorScheme.includes('dark') && device.matches;
  const appearance = () => (scheme === 'dark' || (scheme === 'system' && isDarkPage()) ? dark : light);
  const places = () => document.querySelectorAll('[data-sojourn]');

  const tell = () => {
    for (const place of places()) place.textContent = 'The sign-in service cannot be reached. Reload the page in a moment.';
  };
  const slow = setTimeout(tell, 3000);

  try {
    await introduce();
    await Promise.all([load('/npm/@clerk/clerk-js@6/dist/clerk.browser.js'), load('/npm/@clerk/ui@1/dist/ui.browser.js')]);
    await Clerk.load({
      ui: { ClerkUI: window.__internal_ClerkUICtor },
      nonce: own.nonce || undefined,
      telemetry: false,
      signInUrl: `${server}/sign-in`,
      signUpUrl: `${server}/sign-up`,
      signInFallbackRedirectUrl: home,
      signUpFallbackRedirectUrl: home,
      afterSignOutUrl: home,
      appearance: appearance(),
      localization,
    });
  } catch (error) {
    console.error('Sojourn: the components did not start.', error);
    tell();
    return;
  } finally {
    clearTimeout(slow);
  }

  window.sojournKeepsFields(Clerk);
  const mounts = {
    'sign-in': (place, options) => Clerk.mountSignIn(place, { routing: 'hash', ...options }),
    'sign-up': (place, options) => Clerk.mountSignUp(place, { routing: 'hash', ...options }),
    'user-button': (place, options) => Clerk.mountUserButton(place, options),
    'user-profile': (place, options) => Clerk.mountUserProfile(place, { routing: 'hash', ...options }),
  };
  for (const place of places()) {
    place.replaceChildren();
    mounts[place.dataset.sojourn](place, JSON.parse(place.dataset.options));
  }
})();
