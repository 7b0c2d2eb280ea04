'use client';

import { SignIn, UserButton, useAuth } from '@clerk/nextjs';
import { useState } from 'react';

const API = process.env.NEXT_PUBLIC_API_URL ?? 'http://localhost:8080';

export default function Page() {
  const { isLoaded, isSignedIn, getToken } = useAuth();
  const [said, setSaid] = useState('');

  const ask = async () => {
    const headers = { Authorization: `Bearer ${await getToken()}` };
    const answer = await fetch(`${API}/api/protected`, { headers });
    setSaid(`${answer.status} ${await answer.text()}`);
  };

  if (!isLoaded) return null;
  if (!isSignedIn) return <SignIn routing="hash" />;
  return (
    <>
      <UserButton />
      <p><button onClick={ask}>Ask the API</button> <code id="said">{said}</code></p>
    </>
  );
}
