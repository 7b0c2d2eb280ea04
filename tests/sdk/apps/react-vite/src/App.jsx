import { Show, SignInButton, SignUpButton, UserButton, useAuth } from "@clerk/react";
import { useState } from "react";

const apis = JSON.parse(import.meta.env.VITE_APIS);

export default function App() {
  const { getToken } = useAuth();
  const [said, setSaid] = useState("");

  const ask = async (name, init) => {
    const answer = await fetch(`${apis[name]}/api/protected`, init);
    setSaid(`${name} ${answer.status} ${await answer.text()}`);
  };
  const askByToken = async (name) => ask(name, { headers: { Authorization: `Bearer ${await getToken()}` } });
  const askByCookie = (name) => ask(name, { credentials: "include" });

  return (
    <main>
      <Show when="signed-out">
        <SignInButton />
        <SignUpButton />
      </Show>
      <Show when="signed-in">
        <UserButton />
      </Show>
      {Object.keys(apis).map((name) => (
        <p key={name}>
          <button onClick={() => askByToken(name)}>Ask {name} with the token</button>
          <button onClick={() => askByCookie(name)}>Ask {name} with the cookie</button>
        </p>
      ))}
      <p id="said">{said}</p>
    </main>
  );
}
