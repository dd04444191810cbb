"""The cluster through the API, on a lab: its tree, an object, a log as it is written."""
from __future__ import annotations
import json, time
from ..station import Station
from .test_access import call
import aiohttp
from ..shop import broken

async def test_x(shop: Station, shopkeeper) -> None:
    import asyncio
    t=time.time()
    token=shop.token("viewer")
    row = await asyncio.to_thread(broken, shop, shopkeeper, "crash")
    print("up", time.time()-t)
    for path in ("/api/v1/cluster", "/api/v1/cluster?broken=true"):
        t=time.time()
        s,h,a=await call(shop,"GET",path,token)
        print(path, s, time.time()-t); print(json.dumps(a,indent=1)[:6000])
    s,h,a=await call(shop,"GET","/api/v1/cluster?broken=true",token)
    w=a["workloads"][0]
    for kind,name in ((w["kind"],w["name"]),("Pod",w["children"][0]["children"][0]["name"])):
        t=time.time()
        s,h,a=await call(shop,"GET",f"/api/v1/objects/{kind}/{w['namespace']}/{name}",token)
        print(kind,name,s,time.time()-t); print(json.dumps(a,indent=1)[:9000])
    s,h,a=await call(shop,"GET","/api/v1/cluster?q=frontend",token)
    pod=a["workloads"][0]["children"][0]["children"][0]["name"]
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{shop.url}/api/v1/objects/Pod/production/{pod}/logs/stream", headers={"Authorization":f"Bearer {token}"}) as answer:
            print(answer.status)
            t=time.time()
            while time.time()-t<3:
                print(await asyncio.wait_for(answer.content.readline(),5))
    for p in ("/api/v1/objects/Pod/production/nope","/api/v1/objects/Pod/production/nope/logs/stream","/api/v1/objects/Foo/production/nope","/api/v1/objects/Pod/production/a%20b/logs/stream", "/api/v1/objects/Node/-/nope"):
        print(p, await call(shop,"GET",p,token))
