import { lazy, Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { AddCameraProvider } from './add-camera/add-camera.tsx';
import { EventsContext, useEvents } from './api/events.ts';
import { AccessProvider, useAccess, useEntrance } from './api/session.tsx';
import { Dashboard } from './dashboard/dashboard.tsx';
import { NotAllowed, NotFound, NotOffered } from './frame/not-here.tsx';
import { PLACES, type Place } from './frame/places.ts';
import { Shell } from './frame/shell.tsx';
import { ConfirmProvider } from './parts/confirm.tsx';
import { Loading } from './parts/page.tsx';
import { Problem } from './parts/problem.tsx';

const LoginPage = lazy(async () => ({ default: (await import('./login/login-page.tsx')).LoginPage }));
const StreamList = lazy(async () => ({ default: (await import('./streams/stream-list.tsx')).StreamList }));
const StreamPage = lazy(async () => ({ default: (await import('./stream/stream-page.tsx')).StreamPage }));
const Wall = lazy(async () => ({ default: (await import('./wall/wall.tsx')).Wall }));
const Nodes = lazy(async () => ({ default: (await import('./nodes/nodes.tsx')).Nodes }));
const Recordings = lazy(async () => ({ default: (await import('./recordings/recordings.tsx')).Recordings }));
const Devices = lazy(async () => ({ default: (await import('./devices/devices.tsx')).Devices }));
const Tenants = lazy(async () => ({ default: (await import('./administration/tenants.tsx')).Tenants }));
const Users = lazy(async () => ({ default: (await import('./administration/users.tsx')).Users }));
const Keys = lazy(async () => ({ default: (await import('./administration/keys.tsx')).Keys }));
const Hooks = lazy(async () => ({ default: (await import('./administration/hooks.tsx')).Hooks }));
const Audit = lazy(async () => ({ default: (await import('./administration/audit.tsx')).Audit }));
const Settings = lazy(async () => ({ default: (await import('./settings/settings.tsx')).Settings }));
const EmbedPage = lazy(async () => ({ default: (await import('./embed/embed-page.tsx')).EmbedPage }));

const PAGES: Readonly<Record<Place['page'], React.ComponentType>> = {
  dashboard: Dashboard,
  streams: StreamList,
  wall: Wall,
  recordings: Recordings,
  devices: Devices,
  nodes: Nodes,
  tenants: Tenants,
  users: Users,
  keys: Keys,
  hooks: Hooks,
  audit: Audit,
  settings: Settings,
};

/** What is in the address decides what is shown; who is asking, whether it is. */
export function App() {
  return (
    <Suspense fallback={<Loading />}>
      <Switch>
        <Route path="/embed/:id">{({ id }) => <EmbedPage streamId={decodeURIComponent(id)} />}</Route>
        <Route path="*">
          <Console />
        </Route>
      </Switch>
    </Suspense>
  );
}

function Console() {
  const entrance = useEntrance();
  if (entrance.error) return <Problem error={entrance.error} onRetry={() => void entrance.refetch()} />;
  if (!entrance.data) return <Loading />;
  if (entrance.data.state === 'out') return <LoginPage />;
  return (
    <AccessProvider access={entrance.data.access}>
      <Inside />
    </AccessProvider>
  );
}

function Inside() {
  const hasEvents = useEvents();
  return (
    <EventsContext value={hasEvents}>
      <ConfirmProvider>
        <AddCameraProvider>
          <Shell>
            <Suspense fallback={<Loading />}>
              <Switch>
                {PLACES.map(place => (
                  <Route key={place.path} path={place.path}>
                    <PlacePage place={place} />
                  </Route>
                ))}
                <Route path="/streams/:id">
                  {({ id }) => <StreamPage key={id} streamId={decodeURIComponent(id)} />}
                </Route>
                <Route path="/login">
                  <Redirect to="/" replace />
                </Route>
                <Route>
                  <NotFound />
                </Route>
              </Switch>
            </Suspense>
          </Shell>
        </AddCameraProvider>
      </ConfirmProvider>
    </EventsContext>
  );
}

function PlacePage({ place }: { place: Place }) {
  const access = useAccess();
  if (place.needs && !access.has(place.needs)) return <NotOffered />;
  if (place.role && !access.may(place.role)) return <NotAllowed />;
  const Contents = PAGES[place.page];
  return <Contents />;
}
