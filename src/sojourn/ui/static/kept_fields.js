// The published profile form closes once a picture is uploaded, and drops the names that are typed but not saved. The only outcome
// of an upload that leaves the form open and shows no error is a cancelled step, so such an upload ends as one.
window.sojournKeepsFields = (clerk) => {
  class Cancelled extends Error {
    static kind = 'ClerkRuntimeError'; // what the components know their errors by, across bundles
    clerkRuntimeError = true;
    code = 'reverification_cancelled';
  }
  const isUnsaved = (user) =>
    ['firstName', 'lastName'].some((name) => {
      const field = document.querySelector(`.cl-userProfile-root input[name=${name}]`);
      return field !== null && field.value !== (user[name] ?? '');
    });
  const known = new WeakSet();
  clerk.addListener(({ user }) => {
    if (!user || known.has(user)) return;
    known.add(user);
    const upload = user.setProfileImage;
    user.setProfileImage = async (chosen) => {
      const image = await upload(chosen);
      if (isUnsaved(user)) throw new Cancelled('The form has names that are not saved.');
      return image;
    };
  });
};
