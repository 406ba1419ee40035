// The address without a page: links of letters go on to their page, staff without an event to GodView, everybody else to Now.
// SPDX-License-Identifier: Apache-2.0
import { Navigate, useLocation } from 'react-router';
import { useSession } from '../session';

export function Home() {
  const { search } = useLocation();
  const { me, organisation } = useSession();
  return <Navigate replace to={{ pathname: me.isStaff && !organisation ? '/godview' : '/now', search }} />;
}
