// Pages that are opened as files may not start workers, and the search is one: there, a hidden frame does its work.
if (location.protocol === 'file:') {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement('iframe');
      frame.hidden = true;
      document.body.append(frame);
      const inside = frame.contentWindow;
      inside.postMessage = (data) => this.dispatchEvent(new MessageEvent('message', { data }));
      inside.importScripts = (...urls) =>
        urls.reduce((before, each) => before.then(() => added(inside.document, each)), Promise.resolve());
      this.inside = added(inside.document, url).then(() => inside);
    }

    postMessage(data) {
      this.inside.then((inside) => inside.dispatchEvent(new MessageEvent('message', { data })));
    }
  };

  const added = (page, url) =>
    new Promise((loaded, failed) => {
      const script = page.createElement('script');
      script.src = url;
      script.onload = loaded;
      script.onerror = failed;
      page.body.append(script);
    });
}
