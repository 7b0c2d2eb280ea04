'use client';

import { UserButton, useAuth } from '@clerk/nextjs';
import Link from 'next/link';

export default function Who() {
  const { isLoaded, isSignedIn } = useAuth();
  if (!isLoaded) return null;
  if (isSignedIn) return <UserButton />;
  return (
    <>
      <Link href="/sign-in">Sign in</Link>
      <Link href="/sign-up">Sign up</Link>
    </>
  );
}
