// W1 or W2 in Auryn. Started by auryn_network.py, one process a rank, with all numbers on the command line:
//
//     workload W2 exc=8000 inh=2000 p=0.1 ... warm=1 seconds=10 seed=1
//
// Conductances are in units of the leak, as Auryn has them. Each rank prints: wall seconds of the loop, of building,
// and its peak memory in KiB; spikes go to files exc.RANK and inh.RANK.

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "auryn.h"

using namespace auryn;

static std::map<std::string, double> said;

static double number(const std::string& name) {
    if (!said.count(name)) {
        std::fprintf(stderr, "no %s=NUMBER on the command line\n", name.c_str());
        std::exit(2);
    }
    return said[name];
}

static double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Multiplicative scaling toward a target rate, per postsynaptic cell, once a period.
class Scaling {
    STDPConnection* learn;
    NeuronGroup* cells;
    Trace* rate;
    std::vector<AurynFloat> factor;

public:
    Scaling(STDPConnection* connection, NeuronGroup* destination)
        : learn(connection), cells(destination), rate(destination->get_post_trace(number("tau_rate"))),
          factor(destination->get_post_size(), 1.0) {
        rate->set_all(number("target") * number("tau_rate"));
    }

    void tick() {
        const double largest = number("largest"), growth = number("strength") * number("period");
        for (NeuronID i = 0; i < cells->get_rank_size(); ++i) {
            const double wanted = growth * (1.0 - rate->get(i) / number("tau_rate") / number("target"));
            factor[i] = 1.0 + std::max(-largest, std::min(largest, wanted));
        }
        const AurynWeight most = number("w_max");
        for (NeuronID pre = 0; pre < learn->w->get_m_rows(); ++pre)
            for (const NeuronID* post = learn->w->get_row_begin(pre); post != learn->w->get_row_end(pre); ++post) {
                AurynWeight* w = learn->w->get_data_ptr(post);
                *w = std::min(most, *w * factor[cells->global2rank(*post)]);
            }
    }
};

static TIFGroup* cells(const std::string& name, double bias) {
    TIFGroup* group = new TIFGroup(NeuronID(number(name)));
    group->set_delay(int(number("delay_steps")));
    group->set_bg_currents(bias);
    new SpikeMonitor(group, (name + "." + std::to_string(sys->mpi_rank())).c_str());
    return group;
}

static void drive(NeuronGroup* target) {
    PoissonGroup* source = new PoissonGroup(target->get_size(), number("drive_rate"));
    source->set_delay(int(number("delay_steps")));
    new IdentityConnection(source, target, number("drive_weight"), GLUT);
}

static void run(double seconds, Scaling* scaling) {
    const double step = scaling ? number("period") : seconds;
    for (double done = 0.0; done < seconds - 1e-9; done += step) {
        sys->run(std::min(step, seconds - done));
        if (scaling && seconds - done >= step - 1e-9) scaling->tick();
    }
}

int main(int count, char* words[]) {
    if (count < 2) return 2;
    const std::string workload = words[1];
    for (int k = 2; k < count; ++k) {
        const std::string word = words[k];
        const size_t at = word.find('=');
        if (at != std::string::npos) said[word.substr(0, at)] = std::atof(word.c_str() + at + 1);
    }
    auryn_init(1, words, ".", "bench", "", NOTIFICATION, ERROR);
    sys->quiet = true;
    sys->set_master_seed(unsigned(number("seed")));
    const double began = now();
    TIFGroup *exc = cells("exc", number("bias")), *inh = cells("inh", number("bias"));
    const double p = number("p"), w_exc = number("w_exc"), w_inh = number("w_inh");
    std::vector<Connection*> from_exc, from_inh;
    Scaling* scaling = nullptr;
    from_exc.push_back(new SparseConnection(exc, inh, w_exc, p, GLUT));
    from_inh.push_back(new SparseConnection(inh, inh, w_inh, p, GABA));
    if (workload == "W1") {
        from_exc.push_back(new SparseConnection(exc, exc, w_exc, p, GLUT));
        from_inh.push_back(new SymmetricSTDPConnection(
            inh, exc, w_inh, p, number("gain"), number("target"), number("tau"), number("w_max"), GABA));
    } else {
        from_inh.push_back(new SparseConnection(inh, exc, w_inh, p, GABA));
        STDPConnection* learn =
            new STDPConnection(exc, exc, w_exc, p, number("up"), number("tau"), number("tau"), number("w_max"), GLUT);
        learn->A = -number("down");
        from_exc.push_back(learn);
        scaling = new Scaling(learn, exc);
        drive(exc);
        drive(inh);
    }
    const double built = now();
    if (number("warm") > 0.0) run(number("warm"), scaling);
    const double start = now();
    run(number("seconds"), scaling);
    const double wall = now() - start;
    long counts[2] = {0, 0};
    for (Connection* connection : from_exc) counts[0] += long(connection->get_nonzero());
    for (Connection* connection : from_inh) counts[1] += long(connection->get_nonzero());
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    std::printf("RANK %g %g %ld %ld %ld\n", wall, built - began, used.ru_maxrss, counts[0], counts[1]);
    std::fflush(stdout);
    auryn_free();
    return 0;
}
