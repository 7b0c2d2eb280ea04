// Mounts the published component that this page is for.
(async () => {
  const facts = JSON.parse(document.getElementById('facts').textContent);
  const place = document.getElementById('component');
  const nonce = document.querySelector('meta[name=csp-nonce]').content;
  const path = new URL(facts.base).pathname.replace(/\/$/, '');
  const page = (name) => `${path}/${name}`;
  const at = (url) => (url.startsWith('/') ? path + url : url);

  const { scheme, light, dark, localization } = facts.looks;
  const device = matchMedia('(prefers-color-scheme: dark)');
  const appearance = () => (scheme === 'dark' || (scheme === 'system' && device.matches) ? dark : light);

  // A step within the component changes the address alone: a page that is left while it asks for a code asks twice.
  const stepping = (how) => (to, { windowNavigate }) => {
    const url = new URL(to, location.href);
    const own = page(facts.page);
    if (url.pathname === own || url.pathname.startsWith(`${own}/`)) {
      history[how](null, '', url);
    } else {
      windowNavigate(url);
    }
  };

  // Most steps belong to an attempt and show nothing without one, as from a bookmark or in a new browser.
  const cold = /^\/(sso-callback|verify|choose|choose-wallet|tasks|protect-check|enterprise-connections)(\/|$)/;
  const begunAt = (name, attempt) => {
    const own = page(name);
    if (!attempt.status && location.pathname !== own && !cold.test(location.pathname.slice(own.length))) {
      history.replaceState(null, '', own + location.search);
    }
  };

  // The component leads a locked user to "..", which is the root of the server for pages with paths.
  const showingErrors = (clerk) => {
    const lead = clerk.__internal_navigateWithError.bind(clerk);
    clerk.__internal_navigateWithError = (to, error) => lead(to === '..' ? page(facts.page) + location.search : to, error);
  };

  const toSignIn = () => location.replace(`${page('sign-in')}?redirect_url=${encodeURIComponent(location.href)}`);

  try {
    await Clerk.load({
      routerPush: stepping('pushState'),
      routerReplace: stepping('replaceState'),
      ui: { ClerkUI: window.__internal_ClerkUICtor },
      nonce,
      telemetry: false,
      signInUrl: page('sign-in'),
      signUpUrl: page('sign-up'),
      signInFallbackRedirectUrl: at(facts.afterSignIn),
      signUpFallbackRedirectUrl: at(facts.afterSignUp),
      afterSignOutUrl: at(facts.afterSignOut),
      allowedRedirectOrigins: [location.origin, ...facts.origins],
      appearance: appearance(),
      localization,
    });
  } catch (error) {
    console.error('Sojourn: the components did not start.', error);
    place.replaceChildren();
    document.getElementById('trouble').hidden = false;
    return;
  }
  window.sojournKeepsFields?.(Clerk);
  showingErrors(Clerk);
  device.addEventListener('change', () => Clerk.__internal_updateProps?.({ appearance: appearance() }));

  const pages = {
    'sign-in': () => {
      begunAt('sign-in', Clerk.client.signIn);
      Clerk.mountSignIn(place, { routing: 'path', path: page('sign-in'), signUpUrl: page('sign-up') });
    },
    'sign-up': () => {
      begunAt('sign-up', Clerk.client.signUp);
      Clerk.mountSignUp(place, { routing: 'path', path: page('sign-up'), signInUrl: page('sign-in') });
    },
    user: () => {
      if (!Clerk.isSignedIn) {
        toSignIn();
        return;
      }
      // null: the session has ended, here or elsewhere; undefined: another one is about to be active
      Clerk.addListener(({ user }) => { if (user === null) toSignIn(); });
      Clerk.mountUserProfile(place, { routing: 'path', path: page('user') });
    },
    'sign-out': () => {
      if (!Clerk.isSignedIn) {
        location.replace(at(facts.afterSignOut));
        return;
      }
      const card = document.createElement('section');
      card.className = 'card';
      const heading = document.createElement('h1');
      heading.textContent = 'Sign out?';
      const who = document.createElement('p');
      who.textContent = Clerk.user.primaryEmailAddress?.emailAddress ?? '';
      const button = document.createElement('button');
      button.textContent = 'Sign out';
      button.addEventListener('click', () => {
        button.disabled = true;
        Clerk.signOut({ redirectUrl: at(facts.afterSignOut) });
      });
      card.append(heading, who, button);
      place.replaceChildren(card);
    },
  };
  place.replaceChildren();
  pages[facts.page]();
})();
